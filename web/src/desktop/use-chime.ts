import { useEffect, useRef } from "react";

import { chime } from "../ui/ring.ts";

/** Sounds when the number of unread messages grows. */
export function useChime(isWanted: boolean, unread: number): void {
  const before = useRef(unread);
  useEffect(() => {
    if (isWanted && unread > before.current) chime();
    before.current = unread;
  }, [isWanted, unread]);
}
