import type { Work } from "../worker/state.ts";

/** Returns the piece of work that is shown: the one that was chosen, else what is most urgent. */
export function chosenOf(
  work: Work[],
  wish: string | undefined,
  inCall: string | undefined,
): Work | undefined {
  const named = (sid: string | undefined) => work.find((it) => it.reservation === sid);
  const of = (status: Work["status"]) => work.find((it) => it.status === status);
  return named(wish) ?? of("pending") ?? named(inCall) ?? of("accepted") ?? work[0];
}
