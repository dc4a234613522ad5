import type { Activity, ReservationShape, Task, Transfer, Worker } from "./types.ts";

/** How the socket that tells what happens is doing. */
export type Link = "connecting" | "open" | "dropped";

/** A task that is offered to the worker, or that the worker has. */
export interface Work {
  reservation: string;
  status: "pending" | "accepted" | "wrapping";
  /** When an offer ends, in milliseconds since 1970. */
  deadline: number;
  /** Since when it stands as it does, in milliseconds since 1970. */
  since: number;
  task: Task;
  /** The transfer by which it came. */
  incoming?: Transfer;
  /** The transfer by which it is handed on at this moment. */
  outgoing?: Transfer;
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
  if (name.startsWith("task.transfer-")) return afterTransfer(state, payload as Transfer);
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
    return { ...state, missed: undefined, work: inOrder([...others, merged(before, after)]) };
  }
  const isMissed = before?.status === "pending" && MISSED[name];
  return { ...state, work: others, missed: isMissed ? `The task ${isMissed}` : state.missed };
}

/** Keeps what an event does not say: when the offer ends, since when the work stands so, and its transfers. */
function merged(before: Work | undefined, after: Work): Work {
  if (!before) return after;
  const since = before.status === after.status ? before.since : after.since;
  const outgoing = after.status === "accepted" ? (after.outgoing ?? before.outgoing) : undefined;
  return { ...after, deadline: before.deadline, since, incoming: after.incoming ?? before.incoming, outgoing };
}

function afterTransfer(state: WorkerState, transfer: Transfer): WorkerState {
  const isOpen = transfer.transfer_status === "initiated";
  const isOwn = (it: Work) => it.reservation === transfer.initiating_reservation_sid;
  if (!state.work.some(isOwn)) return state;
  const work = state.work.map((it) => (isOwn(it) ? { ...it, outgoing: isOpen ? transfer : undefined } : it));
  const hasFailed = transfer.transfer_status === "failed";
  return { ...state, work, missed: hasFailed ? "Nobody took over: the transfer has ended." : state.missed };
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
  const { task, task_transfer: incoming, active_outgoing_task_transfer: outgoing } = shape;
  const deadline = begun + shape.reservation_timeout * 1000;
  const since = status === "pending" ? begun : Math.max(begun, shape.date_updated * 1000);
  return { reservation: shape.sid, status, deadline, since, task, incoming, outgoing };
}

function inOrder(work: Work[]): Work[] {
  return work.sort(
    (a, b) => a.task.date_created - b.task.date_created || a.task.sid.localeCompare(b.task.sid),
  );
}
