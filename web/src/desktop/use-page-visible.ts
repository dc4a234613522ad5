import { useSyncExternalStore } from "react";

/** Tells whether somebody can see this page. */
export function usePageVisible(): boolean {
  return useSyncExternalStore(watch, () => !document.hidden);
}

function watch(watcher: () => void) {
  document.addEventListener("visibilitychange", watcher);
  return () => document.removeEventListener("visibilitychange", watcher);
}
