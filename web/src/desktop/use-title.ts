import { useEffect } from "react";

import type { Work } from "../worker/state.ts";
import { contactOf } from "../worker/types.ts";

/** Says in the tab's title what is offered, for who looks at another tab. */
export function useTitle(work: Work[]): void {
  const offered = work.find((it) => it.status === "pending");
  const title = offered ? `● ${contactOf(offered.task)} waits` : "Patchboard";
  useEffect(() => {
    document.title = title;
  }, [title]);
}
