import { useEffect, useMemo, useReducer } from "react";

import { Desk, type Tokens } from "./desk.ts";
import { NOTHING_YET, reduce } from "./state.ts";

/** Follows a worker's day for as long as the page shows it. */
export function useWorker(tokens: Tokens) {
  const [state, tell] = useReducer(reduce, NOTHING_YET);
  const desk = useMemo(() => new Desk(tokens), [tokens]);
  useEffect(() => desk.follow(tell), [desk]);
  return { state, desk, tell };
}
