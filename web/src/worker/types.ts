/** What the worker's side of the server shows: the parts that the desktop reads. */

export interface Worker {
  sid: string;
  friendly_name: string;
  activity_sid: string;
  activity_name: string;
  available: boolean;
}

export interface Activity {
  sid: string;
  friendly_name: string;
  available: boolean;
}

export interface Task {
  sid: string;
  assignment_status: string;
  /** JSON text. */
  attributes: string;
  queue_name: string | null;
  task_channel_unique_name: string;
  date_created: number;
}

export interface ReservationShape {
  sid: string;
  task_sid: string;
  reservation_status: string;
  reservation_timeout: number;
  date_created: number;
  date_updated: number;
  task?: Task;
  /** The transfer by which the task came here. */
  task_transfer?: Transfer;
  /** The transfer by which it is handed on from here. */
  active_outgoing_task_transfer?: Transfer;
}

/** How a task is handed on. */
export interface Transfer {
  sid: string;
  transfer_mode: "COLD" | "WARM";
  transfer_to: string;
  transfer_status: string;
  transfer_failed_reason: string | null;
  initiating_reservation_sid: string;
}

/** Somebody or some queue that a task can be handed on to. */
export interface Target {
  sid: string;
  name: string;
  kind: "worker" | "queue";
  /** What a worker does; none of a queue. */
  activity?: string;
  available: boolean;
}

export type Attributes = Record<string, unknown>;

/** Reads a task's attributes; what is no object is none. */
export const attributesOf = (task: Task): Attributes => parsed(task.attributes);

/** Reads attributes, which are JSON text of whoever made them; what is no object is none. */
export function parsed(attributes: string | undefined): Attributes {
  try {
    const value: unknown = JSON.parse(attributes ?? "");
    return typeof value === "object" && value !== null ? (value as Attributes) : {};
  } catch {
    return {};
  }
}

/** Returns an attribute that is a text with something in it. */
export function textOf(attributes: Attributes, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = attributes[name];
    if (typeof value === "string" && value) return value;
  }
  return undefined;
}

/** Tells whether a task is a call that waits to be answered. */
export function isCall(task: Task): boolean {
  return task.task_channel_unique_name === "voice" && textOf(attributesOf(task), "call_sid") !== undefined;
}

/** Returns the conversation that a task is about. */
export function conversationOf(task: Task): string | undefined {
  return textOf(attributesOf(task), "conversationSid");
}

/** Returns who a task is from, in words: a name where there is one, else the address. */
export function contactOf(task: Task): string {
  const attributes = attributesOf(task);
  const address = textOf(attributes, "customerAddress");
  const said = ["name", "customerName", "from", "caller"].flatMap((it) => textOf(attributes, it) ?? []);
  // A visitor of a page has an address that says nothing, and which stands for the name too.
  const named = said.find((it) => it !== address) ?? address ?? said[0] ?? "Somebody";
  return named.replace(/^(client|sip):/, "");
}
