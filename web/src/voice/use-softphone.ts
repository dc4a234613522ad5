import { useEffect, useState, useSyncExternalStore } from "react";

import { Softphone, type SoftphoneOptions } from "./softphone.ts";

/** Keeps a phone in the page; its options are those of the first time. */
export function useSoftphone(options: SoftphoneOptions) {
  const [phone] = useState(() => new Softphone(options));
  const state = useSyncExternalStore(phone.watch, phone.state);
  useEffect(() => phone.start(), [phone]);
  useEffect(() => (state.call ? askBeforeLeaving() : undefined), [state.call]);
  return { phone, state };
}

/** Has the browser ask before the page, and the call with it, goes. */
function askBeforeLeaving() {
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}
