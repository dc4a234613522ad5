import { useState } from "react";

import { wordsOf } from "../api/http.ts";
import { useSession } from "../api/session.ts";
import { Loading } from "../ui/loading.tsx";
import { Logo } from "../ui/logo.tsx";
import { Notice } from "../ui/notice.tsx";
import { Dialler } from "./dialler.tsx";
import { Messages } from "./messages.tsx";

const FIRST_NUMBER = "+15555550100";

/** The try-it phone: plays the person who calls and writes. */
export default function PhonePage() {
  const session = useSession();
  const [number, setNumber] = useState(FIRST_NUMBER);
  if (session.isPending) return <Loading />;
  return (
    <main className="mx-auto flex max-w-md flex-col gap-4 p-4">
      <Logo />
      <h1 className="text-xl font-semibold">Try-it phone</h1>
      {!session.data && <Notice look="bad">{wordsOf(session.error)}</Notice>}
      {session.data && !session.data.development && !session.data.user && (
        <Notice look="warn">
          Log in first: outside development mode, this phone is for people who are.{" "}
          <a href="/" className="text-accent underline">
            Log in
          </a>
        </Notice>
      )}
      {session.data && (session.data.development || session.data.user) && (
        <Dialler isDevelopment={session.data.development} number={number} onNumber={setNumber} />
      )}
      {session.data?.development && <Messages number={number} />}
    </main>
  );
}
