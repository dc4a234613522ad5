import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";

import { wordsOf } from "../api/http.ts";
import type { Tokens } from "../worker/desk.ts";
import type { Work } from "../worker/state.ts";
import { conversationOf } from "../worker/types.ts";
import { followConversations, loadThread, markRead, sendFile, sendMessage, showTyping } from "./client.ts";
import { reduce, type TalkChange } from "./state.ts";
import type { Thread } from "./types.ts";

/** An agent takes the seat shortly after the task is accepted; an event tells of it, unless that was missed. */
const RETRY_MS = 1000;

/** How often others are told that the agent types. */
const TYPING_EVERY_MS = 3000;

/** The largest file that the server takes. */
const FILE_MAX = 16 * 1024 * 1024;

/** Follows the conversations of the tasks that an agent has. */
export function useConversations(tokens: Tokens, work: Work[]) {
  const [talks, tell] = useReducer(reduce, {});
  const sids = useMemo(() => sidsOf(work), [work]);
  const open = useRef(sids);
  const joined = useRef(new Set<string>());
  const load = useCallback((sid: string) => void loadOpen(sid, open.current, tell), []);

  const key = sids.join();
  useEffect(() => {
    open.current = key ? key.split(",") : [];
    tell({ kind: "kept", sids: open.current });
    const waiting = open.current.filter((sid) => !joined.current.has(sid));
    for (const sid of open.current) if (joined.current.has(sid)) load(sid);
    const timer = window.setTimeout(() => waiting.forEach(load), RETRY_MS);
    return () => window.clearTimeout(timer);
  }, [key, load]);

  useEffect(() => {
    const loadAll = () => open.current.forEach(load);
    return followConversations(tokens, loadAll, ({ type, data }) => {
      const { ConversationSid: sid, Identity: identity } = data;
      if (!sid) return;
      joined.current.add(sid);
      if (!open.current.includes(sid)) return;
      if (type === "typing.started") tell({ kind: "typed", sid, identity: identity ?? "", now: Date.now() });
      else load(sid);
    });
  }, [tokens, load]);

  const acts = useMemo(() => actsBy(tell), []);
  return { talks, acts };
}

export type TalkActs = ReturnType<typeof actsBy>;

/** What an agent does in a conversation; what comes of it is told to the state. */
function actsBy(tell: (change: TalkChange) => void) {
  const toldAt = new Map<string, number>();
  return {
    draft(sid: string, draft: string) {
      tell({ kind: "drafted", sid, draft });
      const now = Date.now();
      if (!draft || now - (toldAt.get(sid) ?? 0) < TYPING_EVERY_MS) return;
      toldAt.set(sid, now);
      // A sign that does not get through is not missed.
      showTyping(sid).catch(() => undefined);
    },
    async send(sid: string, body: string, again?: string) {
      const key = again ?? crypto.randomUUID();
      toldAt.delete(sid);
      tell({ kind: "sending", sid, key, body });
      try {
        tell({ kind: "sent", sid, key, thread: await sendMessage(sid, body, key) });
      } catch (error) {
        tell({ kind: "not sent", sid, key, problem: wordsOf(error) });
      }
    },
    async sendFile(sid: string, file: File, again?: string) {
      const key = again ?? crypto.randomUUID();
      tell({ kind: "sending", sid, key, body: file.name, file });
      try {
        checkSize(file);
        const onShare = (share: number) => tell({ kind: "progressed", sid, key, share });
        tell({ kind: "sent", sid, key, thread: await sendFile(sid, file, key, onShare) });
      } catch (error) {
        tell({ kind: "not sent", sid, key, problem: wordsOf(error) });
      }
    },
    discard: (sid: string, key: string) => tell({ kind: "discarded", sid, key }),
    seen(sid: string, index: number) {
      tell({ kind: "seen", sid, index });
      markRead(sid, index).catch(() => undefined);
    },
    /** Does something that the server answers with the conversation. */
    async change(act: Promise<Thread>) {
      tell({ kind: "loaded", thread: await act });
    },
  };
}

/** Spares the wait for a refusal. */
function checkSize(file: File) {
  if (file.size > FILE_MAX) throw new Error("The file has more than 16 MB: send a smaller one.");
  if (file.size === 0) throw new Error("The file is empty.");
}

async function loadOpen(sid: string, open: string[], tell: (change: TalkChange) => void, tries = 20) {
  try {
    tell({ kind: "loaded", thread: await loadThread(sid) });
  } catch {
    if (tries > 0 && open.includes(sid)) {
      window.setTimeout(() => void loadOpen(sid, open, tell, tries - 1), RETRY_MS);
    }
  }
}

function sidsOf(work: Work[]): string[] {
  const taken = work.filter((it) => it.status !== "pending");
  return [...new Set(taken.flatMap((it) => conversationOf(it.task) ?? []))].sort();
}
