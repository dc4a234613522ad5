import { expect, test } from "vitest";

import { parametersOf, read } from "./frames.ts";
import { type PhoneChange, type PhoneState, reduce, SILENT } from "./state.ts";

test("a call that is made rings, is answered under its SID, and ends", () => {
  const dialled = after(SILENT, { kind: "dialled", sid: "TJS1", other: "+15555550100" });
  expect(dialled.call).toMatchObject({ sid: "TJS1", stage: "dialling", isMuted: false });
  const ringing = after(dialled, { kind: "rang", sid: "CA1" });
  expect(ringing.call).toMatchObject({ sid: "CA1", stage: "ringing" });
  const talking = after(ringing, { kind: "answered", sid: "CA1", reconnect: "secret", now: 5 });
  expect(talking.call).toMatchObject({ stage: "talking", since: 5, reconnect: "secret" });
  expect(after(talking, { kind: "ended" }).call).toBeUndefined();
});

test("coming back to a call keeps when it began", () => {
  const talking = after(
    SILENT,
    { kind: "dialled", sid: "TJS1", other: "+1" },
    { kind: "answered", sid: "CA1", reconnect: "secret", now: 5 },
    { kind: "link", link: "dropped" },
    { kind: "link", link: "ready" },
    { kind: "answered", sid: "CA1", now: 90 },
  );
  expect(talking.call).toMatchObject({ since: 5, reconnect: "secret" });
});

test("why a call failed stays until the next one", () => {
  const failed = after(
    SILENT,
    { kind: "dialled", sid: "TJS1", other: "+1" },
    { kind: "ended", problem: "Busy" },
  );
  expect(failed.problem).toBe("Busy");
  expect(after(failed, { kind: "dialled", sid: "TJS2", other: "+1" }).problem).toBeUndefined();
});

test("a call from before the page was loaded anew is returned to, and goes on counting", () => {
  const call = { sid: "CA1", stage: "talking", other: "+1", parameters: {}, isMuted: true, since: 5 } as const;
  const returning = after(SILENT, { kind: "remembered", call: { ...call, reconnect: "secret" } });
  expect(returning.call).toMatchObject({ stage: "returning", isMuted: false, reconnect: "secret" });
  const talking = after(returning, { kind: "answered", sid: "CA1", now: 90 });
  expect(talking.call).toMatchObject({ stage: "talking", since: 5 });
});

test("what comes after a call changes nothing", () => {
  expect(after(SILENT, { kind: "rang", sid: "CA1" }, { kind: "muted", isMuted: true })).toEqual(SILENT);
});

test("the parameters of a call are read from their query", () => {
  const invite = { callsid: "CA1", sdp: "", reconnect: "", parameters: { Params: "TaskSid=WT1&Note=a%20b" } };
  expect(parametersOf(invite)).toEqual({ TaskSid: "WT1", Note: "a b" });
  expect(read("\n")).toBeUndefined();
});

function after(state: PhoneState, ...changes: PhoneChange[]): PhoneState {
  return changes.reduce(reduce, state);
}
