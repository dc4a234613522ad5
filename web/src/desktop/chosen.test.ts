import { expect, test } from "vitest";

import type { Work } from "../worker/state.ts";
import { chosenOf } from "./chosen.ts";

test("what was chosen is shown for as long as it is there", () => {
  const work = [piece("WR1", "accepted"), piece("WR2", "pending")];
  expect(chosenOf(work, "WR1", undefined)?.reservation).toBe("WR1");
  expect(chosenOf(work, "WR9", undefined)?.reservation).toBe("WR2");
});

test("offers go before the call, and the call before other work", () => {
  const work = [piece("WR1", "wrapping"), piece("WR2", "accepted"), piece("WR3", "accepted")];
  expect(chosenOf(work, undefined, "WR3")?.reservation).toBe("WR3");
  expect(chosenOf(work, undefined, undefined)?.reservation).toBe("WR2");
  expect(chosenOf([...work, piece("WR4", "pending")], undefined, "WR3")?.reservation).toBe("WR4");
  expect(chosenOf([], undefined, undefined)).toBeUndefined();
});

function piece(reservation: string, status: Work["status"]): Work {
  return { reservation, status } as Work;
}
