import { request, upload } from "../api/http.ts";
import { ReconnectingSocket, socketAddress } from "../api/reconnecting.ts";
import type { Tokens } from "../worker/desk.ts";
import type { Thread } from "./types.ts";

/** Nothing may happen for long; after this, the socket is made anew in case it is dead. */
const SILENCE_MS = 600_000;

const pathOf = (sid: string, below = "") => `/v1/desk/conversations/${sid}${below}`;

export const loadThread = (sid: string) => request<Thread>("GET", pathOf(sid));

/** Sends a message; with the key of one that was sent before, nothing is sent twice. */
export const sendMessage = (sid: string, body: string, key: string) =>
  request<Thread>("POST", pathOf(sid, "/messages"), { Body: body }, key);

/** Sends a file, with a key as messages have it. */
export const sendFile = (sid: string, file: File, key: string, onShare: (share: number) => void) =>
  upload<Thread>(pathOf(sid, `/media?Filename=${encodeURIComponent(file.name)}`), file, key, onShare);

/** Returns where an attachment is. */
export const mediumAddress = (sid: string, medium: string) => pathOf(sid, `/media/${medium}`);

export const addNote = (sid: string, body: string) =>
  request<Thread>("POST", pathOf(sid, "/notes"), { Body: body });

export const markRead = (sid: string, index: number) =>
  request<void>("POST", pathOf(sid, "/read"), { Index: String(index) });

export const showTyping = (sid: string) => request<void>("POST", pathOf(sid, "/typing"), {});

export const handOn = (sid: string, to: string, type: "cold" | "warm", note: string) =>
  request<Thread>("POST", pathOf(sid, "/transfers"), { To: to, Type: type, Note: note });

export const callOff = (sid: string, transfer: string) =>
  request<Thread>("POST", pathOf(sid, `/transfers/${transfer}/cancel`), {});

export const leaveConversation = (sid: string) => request<Thread>("POST", pathOf(sid, "/leave"), {});

export const endConversation = (sid: string) => request<Thread>("POST", pathOf(sid, "/end"), {});

/** What happened in a conversation, as the server tells it. */
export interface ConversationEvent {
  type: string;
  data: { ConversationSid?: string; Identity?: string };
}

/** Follows what happens in the agent's conversations, until the returned function is called. */
export function followConversations(
  tokens: Tokens,
  onOpen: () => void,
  tell: (event: ConversationEvent) => void,
): () => void {
  const socket = new ReconnectingSocket({
    silenceMs: SILENCE_MS,
    address: async () => {
      const { token } = await tokens.get();
      return `${socketAddress("/v1/events")}?topics=conversations&scope=own&token=${token}`;
    },
    onOpen,
    onDrop: () => undefined,
    onText: (text) => tell(JSON.parse(text)),
  });
  return () => socket.close();
}
