import type { Activity, ReservationShape, Task, Worker } from "./types.ts";

/** How the socket that tells what happens is doing. */
export type Link = "connecting" | "open" | "dropped";

/** A task that is offered to the worker, or that the worker has. */
export interface Work {
  reservation: string;
  status: "pending" | "accepted" | "wrapping";
  /** When an offer ends, in milliseconds since 1970. */
  deadline: number;
  task: Task;
}

export interface WorkerState {
  link: Link;
  worker?: Worker;
  activities: Activity[];
  /** Oldest first. */
  work: Work[];
  /** Why the newest offer went away unanswered, in words. */
  missed?: string;
}

/** What happens to a worker. */
export type WorkerChange =
  | { kind: "link"; link: Link }
  | {
      kind: "snapshot";
      worker: Worker;
      activities: Activity[];
      reservations: ReservationShape[];
      now: number;
    }
  | { kind: "event"; name: string; payload: unknown; now: number }
  | { kind: "missed seen" };

export const NOTHING_YET: WorkerState = { link: "connecting", activities: [], work: [] };

/** Says what was missed when an offer ends in one of these ways. */
const MISSED: Record<string, string> = {
  "reservation.timeout": "was not answered in time, and goes to somebody else.",
  "reservation.canceled": "is gone: whoever waited has given up.",
  "reservation.rescinded": "was taken by somebody else.",
};

/** Returns the state after a change. */
export function reduce(state: WorkerState, change: WorkerChange): WorkerState {
  switch (change.kind) {
    case "link":
      return { ...state, link: change.link };
    case "missed seen":
      return { ...state, missed: undefined };
    case "snapshot": {
      const work = change.reservations.flatMap((shape) => workOf(shape, begun(shape, change.now)) ?? []);
      return { ...state, link: "open", worker: change.worker, activities: change.activities, work };
    }
    case "event":
      return afterEvent(state, change.name, change.payload, change.now);
  }
}

function afterEvent(state: WorkerState, name: string, payload: unknown, now: number): WorkerState {
  if (name.startsWith("reservation.")) return afterReservation(state, name, payload as ReservationShape, now);
  if (name.startsWith("task.")) return afterTask(state, payload as Task);
  if (name === "worker.activity.update" || name === "worker.attributes.update") {
    return { ...state, worker: payload as Worker };
  }
  return state;
}

function afterReservation(
  state: WorkerState,
  name: string,
  shape: ReservationShape,
  now: number,
): WorkerState {
  const before = state.work.find((work) => work.reservation === shape.sid);
  const task = shape.task ?? before?.task;
  const after = task && workOf({ ...shape, task }, now);
  const others = state.work.filter((work) => work.reservation !== shape.sid);
  if (after) {
    const deadline = before?.deadline ?? after.deadline;
    return { ...state, missed: undefined, work: inOrder([...others, { ...after, deadline }]) };
  }
  const isMissed = before?.status === "pending" && MISSED[name];
  return { ...state, work: others, missed: isMissed ? `The task ${isMissed}` : state.missed };
}

function afterTask(state: WorkerState, task: Task): WorkerState {
  const work = state.work.map((it) => (it.task.sid === task.sid ? { ...it, task } : it));
  return { ...state, work };
}

/** Returns when an offer that was found began; a browser's clock that runs behind does not put it into the future. */
function begun(shape: ReservationShape, now: number): number {
  return Math.min(shape.date_created * 1000, now);
}

/** Returns the work of a reservation that is open. */
function workOf(shape: ReservationShape, begun: number): Work | undefined {
  const status = shape.reservation_status;
  if (status !== "pending" && status !== "accepted" && status !== "wrapping") return undefined;
  if (!shape.task) return undefined;
  const deadline = begun + shape.reservation_timeout * 1000;
  return { reservation: shape.sid, status, deadline, task: shape.task };
}

function inOrder(work: Work[]): Work[] {
  return work.sort(
    (a, b) => a.task.date_created - b.task.date_created || a.task.sid.localeCompare(b.task.sid),
  );
}
