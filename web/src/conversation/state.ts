import { sideOf, type Thread } from "./types.ts";

/** A message that the server has not taken yet. */
export interface Sending {
  key: string;
  body: string;
  /** The file that is the message; its name stands as the body. */
  file?: File;
  /** Which share of the file is through, from 0 to 1. */
  share?: number;
  /** Why it was not taken. */
  problem?: string;
}

/** One conversation, with what only this page knows of it. */
export interface Talk {
  thread?: Thread;
  sending: Sending[];
  /** The index of the last message that was seen here; -1 before the first. */
  seen: number;
  /** Until when somebody counts as typing, by who it is. */
  typing: Record<string, number>;
  /** What is being written. */
  draft: string;
}

/** All conversations of an agent, by their SID. */
export type Talks = Record<string, Talk>;

export type TalkChange =
  | { kind: "loaded"; thread: Thread }
  | { kind: "drafted"; sid: string; draft: string }
  | { kind: "sending"; sid: string; key: string; body: string; file?: File }
  | { kind: "progressed"; sid: string; key: string; share: number }
  | { kind: "sent"; sid: string; key: string; thread: Thread }
  | { kind: "not sent"; sid: string; key: string; problem: string }
  | { kind: "discarded"; sid: string; key: string }
  | { kind: "seen"; sid: string; index: number }
  | { kind: "typed"; sid: string; identity: string; now: number }
  | { kind: "kept"; sids: string[] };

/** How long a sign of typing lasts. */
export const TYPING_MS = 6000;

const NEW: Talk = { sending: [], seen: -1, typing: {}, draft: "" };

/** Returns the conversations after a change. */
export function reduce(talks: Talks, change: TalkChange): Talks {
  if (change.kind === "kept") {
    return Object.fromEntries(Object.entries(talks).filter(([sid]) => change.sids.includes(sid)));
  }
  const sid = change.kind === "loaded" ? change.thread.sid : change.sid;
  return { ...talks, [sid]: afterChange(talks[sid] ?? NEW, change) };
}

function afterChange(talk: Talk, change: Exclude<TalkChange, { kind: "kept" }>): Talk {
  switch (change.kind) {
    case "loaded":
      return withThread(talk, change.thread);
    case "drafted":
      return { ...talk, draft: change.draft };
    case "sending": {
      const others = talk.sending.filter((it) => it.key !== change.key);
      const { key, body, file } = change;
      // A file goes beside what is being written.
      if (file) return { ...talk, sending: [...others, { key, body, file }] };
      return { ...talk, draft: "", sending: [...others, { key, body }] };
    }
    case "progressed":
      return withSending(talk, change.key, { share: change.share });
    case "sent":
      return withThread(without(talk, change.key), change.thread);
    case "not sent":
      return withSending(talk, change.key, { problem: change.problem });
    case "discarded":
      return without(talk, change.key);
    case "seen":
      return { ...talk, seen: Math.max(talk.seen, change.index) };
    case "typed":
      return { ...talk, typing: { ...talk.typing, [change.identity]: change.now + TYPING_MS } };
  }
}

/** Takes a thread as it was loaded; one that is older than what is there changes nothing. */
function withThread(talk: Talk, thread: Thread): Talk {
  if (lastIndex(thread) < lastIndex(talk.thread)) return talk;
  const fresh = thread.messages.filter((message) => message.index > lastIndex(talk.thread));
  // Who has written does not type any more.
  const wrote = new Set(fresh.map((message) => message.author));
  const typing = Object.fromEntries(Object.entries(talk.typing).filter(([who]) => !wrote.has(who)));
  const own = thread.participants.find((it) => it.identity === thread.identity);
  return { ...talk, thread, typing, seen: Math.max(talk.seen, own?.last_read_message_index ?? -1) };
}

function withSending(talk: Talk, key: string, facts: Partial<Sending>): Talk {
  return { ...talk, sending: talk.sending.map((it) => (it.key === key ? { ...it, ...facts } : it)) };
}

function without(talk: Talk, key: string): Talk {
  return { ...talk, sending: talk.sending.filter((it) => it.key !== key) };
}

/** Returns the index of a thread's last message; -1 where there is none. */
export function lastIndex(thread: Thread | undefined): number {
  return thread?.messages.at(-1)?.index ?? -1;
}

/** Counts the messages of others that were not seen here. */
export function unread(talk: Talk | undefined): number {
  const { thread, seen } = talk ?? NEW;
  if (!thread) return 0;
  return thread.messages.filter((it) => it.index > seen && sideOf(thread, it.author) !== "own").length;
}

/** Returns who types at this moment, but for the agent. */
export function typists(talk: Talk | undefined, now: number): string[] {
  const entries = Object.entries(talk?.typing ?? {});
  return entries.filter(([who, until]) => until > now && who !== talk?.thread?.identity).map(([who]) => who);
}
