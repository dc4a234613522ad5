import { expect, test } from "vitest";

import { NOTHING_YET, reduce, type WorkerState } from "./state.ts";
import type { ReservationShape, Task, Transfer } from "./types.ts";

const NOW = 1_000_000_000;

test("an offer comes with its deadline, and is kept when it is accepted", () => {
  const offered = after(NOTHING_YET, "reservation.created", reservation("pending"));
  expect(offered.work).toMatchObject([{ reservation: "WR1", status: "pending", deadline: NOW + 120_000 }]);
  const accepted = after(offered, "reservation.accepted", reservation("accepted"));
  expect(accepted.work).toMatchObject([{ status: "accepted", task: { sid: "WT1" } }]);
});

test("an offer that ends unanswered is gone, and says why", () => {
  const offered = after(NOTHING_YET, "reservation.created", reservation("pending"));
  const gone = after(offered, "reservation.timeout", reservation("timeout"));
  expect(gone.work).toEqual([]);
  expect(gone.missed).toContain("not answered in time");
});

test("a task that was worked on ends without a word about it", () => {
  const wrapping = after(NOTHING_YET, "reservation.wrapup", reservation("wrapping"));
  const done = after(wrapping, "reservation.completed", reservation("completed"));
  expect(done.work).toEqual([]);
  expect(done.missed).toBeUndefined();
});

test("a changed task is shown where it is worked on", () => {
  const offered = after(NOTHING_YET, "reservation.created", reservation("pending"));
  const changed = after(offered, "task.updated", { ...task(), attributes: '{"name":"Ann"}' });
  expect(changed.work[0]?.task.attributes).toBe('{"name":"Ann"}');
});

test("an offer that is found counts from when it was made, and never longer than it lasts", () => {
  const found = (date_created: number) =>
    reduce(NOTHING_YET, {
      kind: "snapshot",
      worker: {
        sid: "WK1",
        friendly_name: "ann",
        activity_sid: "WA1",
        activity_name: "Available",
        available: true,
      },
      activities: [],
      reservations: [reservation("pending", { date_created })],
      now: NOW,
    }).work[0]?.deadline;
  expect(found(NOW / 1000 - 20)).toBe(NOW + 100_000);
  expect(found(NOW / 1000 + 3600)).toBe(NOW + 120_000);
});

test("a transfer is shown at the work that it hands on, until it ends", () => {
  const accepted = after(NOTHING_YET, "reservation.accepted", reservation("accepted"));
  const begun = after(accepted, "task.transfer-initiated", transfer("initiated"));
  expect(begun.work[0]?.outgoing?.sid).toBe("TT1");
  const kept = after(begun, "reservation.accepted", reservation("accepted"));
  expect(kept.work[0]?.outgoing?.sid).toBe("TT1");
  const failed = after(kept, "task.transfer-failed", transfer("failed"));
  expect(failed.work[0]?.outgoing).toBeUndefined();
  expect(failed.missed).toContain("Nobody took over");
  expect(after(accepted, "task.transfer-failed", { ...transfer("failed"), initiating_reservation_sid: "WR9" })).toBe(
    accepted,
  );
});

test("wrapping up counts from when the work ended, and is no transfer any more", () => {
  const accepted = after(NOTHING_YET, "reservation.accepted", reservation("accepted"));
  const begun = after(accepted, "task.transfer-initiated", transfer("initiated"));
  const ended = reservation("wrapping", { date_updated: NOW / 1000 + 60 });
  const wrapping = after(begun, "reservation.wrapup", ended);
  expect(wrapping.work).toMatchObject([{ status: "wrapping", since: NOW + 60_000, outgoing: undefined }]);
});

function transfer(status: string): Transfer {
  return {
    sid: "TT1",
    transfer_mode: "WARM",
    transfer_to: "WK2",
    transfer_status: status,
    transfer_failed_reason: null,
    initiating_reservation_sid: "WR1",
  };
}

function after(state: WorkerState, name: string, payload: unknown): WorkerState {
  return reduce(state, { kind: "event", name, payload, now: NOW });
}

function reservation(status: string, other: Partial<ReservationShape> = {}): ReservationShape {
  return {
    sid: "WR1",
    task_sid: "WT1",
    reservation_status: status,
    reservation_timeout: 120,
    date_created: NOW / 1000,
    date_updated: NOW / 1000,
    task: task(),
    ...other,
  };
}

function task(): Task {
  return {
    sid: "WT1",
    assignment_status: "reserved",
    attributes: "{}",
    queue_name: "Everyone",
    task_channel_unique_name: "voice",
    date_created: NOW / 1000,
  };
}
