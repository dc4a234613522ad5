import { expect, test } from "vitest";

import { reduce, type TalkChange, type Talks, TYPING_MS, typists, unread } from "./state.ts";
import { type MessageShape, nameOf, progressOf, sideOf, type Thread } from "./types.ts";

const CUSTOMER = "+15551230001";

test("messages of others are unread until they are seen, own ones never are", () => {
  const loaded = after({}, { kind: "loaded", thread: thread([CUSTOMER, "ann", CUSTOMER]) });
  expect(unread(loaded.CH1)).toBe(2);
  const seen = after(loaded, { kind: "seen", sid: "CH1", index: 1 });
  expect(unread(seen.CH1)).toBe(1);
  expect(unread(after(seen, { kind: "seen", sid: "CH1", index: 0 }).CH1)).toBe(1);
});

test("what the agent read in another page counts as seen here", () => {
  const participants = [
    { sid: "MB2", identity: "ann", attributes: "{}", messaging_binding: null, last_read_message_index: 0 },
  ];
  const loaded = after({}, { kind: "loaded", thread: { ...thread([CUSTOMER, CUSTOMER]), participants } });
  expect(unread(loaded.CH1)).toBe(1);
});

test("a message that is sent is there at once, and once only when it is taken", () => {
  const sending = after(
    {},
    { kind: "loaded", thread: thread([CUSTOMER]) },
    { kind: "drafted", sid: "CH1", draft: "Hello" },
    { kind: "sending", sid: "CH1", key: "1", body: "Hello" },
  );
  expect(sending.CH1).toMatchObject({ draft: "", sending: [{ body: "Hello" }] });
  const sent = after(sending, { kind: "sent", sid: "CH1", key: "1", thread: thread([CUSTOMER, "ann"]) });
  expect(sent.CH1?.sending).toEqual([]);
  expect(sent.CH1?.thread?.messages).toHaveLength(2);
});

test("a message that was not taken says why, and can be sent again or thrown away", () => {
  const failed = after(
    {},
    { kind: "sending", sid: "CH1", key: "1", body: "Hello" },
    { kind: "not sent", sid: "CH1", key: "1", problem: "No network" },
  );
  expect(failed.CH1?.sending).toEqual([{ key: "1", body: "Hello", problem: "No network" }]);
  const again = after(failed, { kind: "sending", sid: "CH1", key: "1", body: "Hello" });
  expect(again.CH1?.sending).toEqual([{ key: "1", body: "Hello" }]);
  expect(after(failed, { kind: "discarded", sid: "CH1", key: "1" }).CH1?.sending).toEqual([]);
});

test("a file tells how far it is, and leaves the draft alone", () => {
  const file = new File(["x"], "map.png");
  const half = after(
    {},
    { kind: "drafted", sid: "CH1", draft: "See the map" },
    { kind: "sending", sid: "CH1", key: "1", body: "map.png", file },
    { kind: "progressed", sid: "CH1", key: "1", share: 0.5 },
  );
  expect(half.CH1).toMatchObject({ draft: "See the map", sending: [{ body: "map.png", file, share: 0.5 }] });
});

test("an answer that was overtaken does not bring the past back", () => {
  const loaded = after({}, { kind: "loaded", thread: thread([CUSTOMER, "ann"]) });
  expect(after(loaded, { kind: "loaded", thread: thread([CUSTOMER]) })).toEqual(loaded);
});

test("who types is told until they write or stop", () => {
  const typed = after(
    {},
    { kind: "loaded", thread: thread([]) },
    { kind: "typed", sid: "CH1", identity: CUSTOMER, now: 0 },
    { kind: "typed", sid: "CH1", identity: "ann", now: 0 },
  );
  expect(typists(typed.CH1, 1)).toEqual([CUSTOMER]);
  expect(typists(typed.CH1, TYPING_MS)).toEqual([]);
  expect(typists(after(typed, { kind: "loaded", thread: thread([CUSTOMER]) }).CH1, 1)).toEqual([]);
});

test("conversations whose tasks are over are forgotten", () => {
  const loaded = after({}, { kind: "loaded", thread: thread([]) });
  expect(after(loaded, { kind: "kept", sids: ["CH1"] })).toEqual(loaded);
  expect(after(loaded, { kind: "kept", sids: [] })).toEqual({});
});

test("a visitor of a page is called by the name that was given", () => {
  const here = thread([]);
  const visitor = {
    attributes: '{"friendly_name": "Ada"}',
    messaging_binding: null,
    last_read_message_index: 0,
  };
  here.participants.push({ sid: "MB3", identity: "guest-1", ...visitor });
  const broken = { ...visitor, attributes: "{", sid: "MB4", identity: "guest-2" };
  here.participants.push(broken, { ...broken, attributes: "null", identity: "guest-3" });
  expect([nameOf(here, "guest-2"), nameOf(here, "guest-3")]).toEqual(["guest-2", "guest-3"]);
  expect([nameOf(here, "guest-1"), nameOf(here, CUSTOMER), nameOf(here, "system")]).toEqual([
    "Ada",
    CUSTOMER,
    "system",
  ]);
});

test("a message says on whose side it is and how far it got", () => {
  const here = thread([CUSTOMER, "ann", "bob", "system"]);
  expect(here.messages.map((it) => sideOf(here, it.author))).toEqual([
    "customer",
    "own",
    "colleague",
    "system",
  ]);
  const got = (delivery: Partial<NonNullable<MessageShape["delivery"]>>) =>
    progressOf(here, { ...message("ann", 1), delivery: { ...NOTHING, ...delivery } });
  expect(got({})).toBe("sent");
  expect(got({ delivered: "all" })).toBe("delivered");
  expect(got({ delivered: "all", read: "all" })).toBe("read");
  expect(got({ undelivered: "some" })).toBe("failed");
});

const NOTHING = {
  sent: "none",
  delivered: "none",
  read: "none",
  failed: "none",
  undelivered: "none",
} as const;

function after(talks: Talks, ...changes: TalkChange[]): Talks {
  return changes.reduce(reduce, talks);
}

function thread(authors: string[]): Thread {
  const binding = { type: "sms", address: CUSTOMER, proxy_address: "+15555550100" };
  return {
    sid: "CH1",
    state: "active",
    identity: "ann",
    has_left: false,
    channel: "sms",
    agents: [
      { identity: "ann", is_there: true, worker_sid: "WK1" },
      { identity: "bob", is_there: false, worker_sid: "WK2" },
    ],
    participants: [
      {
        sid: "MB1",
        identity: null,
        attributes: "{}",
        messaging_binding: binding,
        last_read_message_index: null,
      },
    ],
    messages: authors.map(message),
    notes: [],
    transfers: [],
  };
}

function message(author: string, index: number): MessageShape {
  return { sid: `IM${index}`, index, author, body: "Hi", media: null, delivery: null, date_created: "" };
}
