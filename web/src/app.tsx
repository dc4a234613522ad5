import { lazy, Suspense } from "react";

import { Loading } from "./ui/loading.tsx";

/** Every page of the app by its address; each is loaded when it is opened. */
const PAGES = {
  "/": lazy(() => import("./desktop/desktop-page.tsx")),
  "/phone": lazy(() => import("./phone/phone-page.tsx")),
};

export function App() {
  const path = window.location.pathname.replace(/(.)\/$/, "$1");
  const Page = PAGES[path as keyof typeof PAGES] ?? PAGES["/"];
  return (
    <Suspense fallback={<Loading />}>
      <Page />
    </Suspense>
  );
}
