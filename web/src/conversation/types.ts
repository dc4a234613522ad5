import { parsed, textOf } from "../worker/types.ts";

/** The conversation of a task as the server shows it to its agent. */

export interface Thread {
  sid: string;
  state: "active" | "inactive" | "closed" | "initializing";
  /** The name under which this agent writes. */
  identity: string;
  /** Whether this agent may only read. */
  has_left: boolean;
  channel: string | null;
  agents: AgentShape[];
  participants: ParticipantShape[];
  /** Oldest first. */
  messages: MessageShape[];
  notes: NoteShape[];
  transfers: TransferShape[];
}

export interface AgentShape {
  identity: string;
  is_there: boolean;
  worker_sid: string | null;
}

export interface ParticipantShape {
  sid: string;
  identity: string | null;
  /** JSON text; visitors of web pages have their name in it. */
  attributes: string;
  messaging_binding: { type: string; address: string; proxy_address: string } | null;
  last_read_message_index: number | null;
}

/** How many of those who were written to a message has reached. */
type Share = "none" | "some" | "all";

export interface MessageShape {
  sid: string;
  index: number;
  author: string;
  body: string | null;
  media: MediumShape[] | null;
  delivery: Record<"sent" | "delivered" | "read" | "failed" | "undelivered", Share> | null;
  date_created: string;
}

export interface MediumShape {
  sid: string;
  size: number;
  content_type: string;
  filename: string | null;
}

export interface NoteShape {
  author: string;
  body: string;
  date: string;
}

export interface TransferShape {
  sid: string;
  type: "warm" | "cold";
  status: "active" | "completed" | "failed";
  note: string | null;
}

/** On which side of a conversation somebody writes. */
export type Side = "own" | "colleague" | "customer" | "system";

/** Returns the side of an author. */
export function sideOf(thread: Thread, author: string): Side {
  if (author === thread.identity) return "own";
  if (thread.agents.some((agent) => agent.identity === author)) return "colleague";
  return participantOf(thread, author) ? "customer" : "system";
}

/** Returns what an author is called: visitors of web pages write under an identity that says nothing. */
export function nameOf(thread: Thread, author: string): string {
  return textOf(parsed(participantOf(thread, author)?.attributes), "friendly_name") ?? author;
}

function participantOf(thread: Thread, author: string): ParticipantShape | undefined {
  return thread.participants.find((it) => it.identity === author || it.messaging_binding?.address === author);
}

/** How far a message of ours got. */
export type Progress = "failed" | "read" | "delivered" | "sent";

/** Returns how far a message got, by receipts of carriers and by how far everybody in the page has read. */
export function progressOf(thread: Thread, message: MessageShape): Progress {
  const { delivery } = message;
  if (delivery && (delivery.failed !== "none" || delivery.undelivered !== "none")) return "failed";
  const customers = thread.participants.filter(
    (it) => it.identity && sideOf(thread, it.identity) === "customer",
  );
  const isRead = customers.some((it) => (it.last_read_message_index ?? -1) >= message.index);
  if (isRead || delivery?.read === "all") return "read";
  return delivery?.delivered === "all" ? "delivered" : "sent";
}

/** Returns the transfer that is under way. */
export function openTransfer(thread: Thread): TransferShape | undefined {
  return thread.transfers.find((transfer) => transfer.status === "active");
}

/** Returns the other agents who are there. */
export function colleaguesIn(thread: Thread): string[] {
  const there = thread.agents.filter((agent) => agent.is_there && agent.identity !== thread.identity);
  return [...new Set(there.map((agent) => agent.identity))];
}
