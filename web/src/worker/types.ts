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
  task?: Task;
}

export type Attributes = Record<string, unknown>;

/** Reads a task's attributes; what is no object is none. */
export function attributesOf(task: Task): Attributes {
  try {
    const value: unknown = JSON.parse(task.attributes);
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

/** Returns who a task is from, in words. */
export function contactOf(task: Task): string {
  const attributes = attributesOf(task);
  const named = textOf(attributes, "name", "customerName", "from", "caller") ?? "Somebody";
  return named.replace(/^(client|sip):/, "");
}
