// The unmodified SDK as two agents use it who hand tasks on to each other.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, beforeEach, test } from "node:test";

import { connect, during, hire, needsServer, offer, request, tokenOf, workspace } from "../support/centre.js";

let centre;
let alice;
let bob;

before(async () => {
  if (!needsServer.skip) centre = await workspace();
});

beforeEach(async () => {
  if (needsServer.skip) return;
  alice = await arrive();
  bob = await arrive("Offline");
});

afterEach(async () => {
  for (const worker of [alice, bob]) {
    // Who has no tasks left gets none of the next case's.
    await worker?.activities.get(centre.activities.Offline).setAsCurrent().catch(() => {});
    worker?.disconnect();
  }
});

after(() => [alice, bob].forEach((worker) => worker?.disconnect()));

async function arrive(activity = "Available") {
  const worker = await connect(await tokenOf(await hire()), { connectActivitySid: centre.activities[activity] });
  if (worker.activity.name !== activity) await once(worker, "activityUpdated");
  return worker;
}

/** Has alice accept a task, and bob come to the desk. */
async function accepted() {
  const reservation = await offer(alice, centre, { name: "Ana" });
  await during(reservation, "accepted", () => reservation.accept());
  await during(bob, "activityUpdated", () => bob.activities.get(centre.activities.Available).setAsCurrent());
  return reservation;
}

/** Has alice hand her task on; returns bob's offer of it. */
function handOn(reservation, to, options) {
  const initiated = once(reservation.task, "transferInitiated");
  return during(bob, "reservationCreated", async () => {
    await reservation.task.transfer(to, options);
    await initiated;
  });
}

test("a warm transfer leaves the task in both hands", needsServer, async () => {
  const held = await accepted();
  const received = await handOn(held, bob.sid, { attributes: { name: "Ana", note: "angry" }, priority: 7 });
  const { outgoing } = held.task.transfers;
  assert.deepEqual([outgoing.mode, outgoing.type, outgoing.to, outgoing.status], ["WARM", "WORKER", bob.sid, "initiated"]);
  assert.equal(received.transfer.sid, outgoing.sid);
  assert.equal(received.transfer.workerSid, alice.sid);
  assert.deepEqual([received.task.attributes.note, received.task.priority], ["angry", 7]);
  const completed = once(outgoing, "completed");
  await during(received, "accepted", () => received.accept());
  await completed;
  assert.equal(outgoing.status, "complete");
  await during(held, "completed", () => held.complete());
  assert.equal((await request("GET", `${centre.path}/Tasks/${received.task.sid}`)).assignment_status, "assigned");
  await during(received, "completed", () => received.complete());
});

test("who hands a task on coldly wraps up", needsServer, async () => {
  const held = await accepted();
  const received = await handOn(held, bob.sid, { mode: "COLD" });
  const wrapup = once(held, "wrapup");
  await during(received, "accepted", () => received.accept());
  await wrapup;
  assert.equal(held.status, "wrapping");
  await during(held, "completed", () => held.complete());
  await during(received, "completed", () => received.complete());
});

test("a worker who says no gives the task back", needsServer, async () => {
  const held = await accepted();
  const received = await handOn(held, bob.sid);
  const failed = once(held.task.transfers.outgoing, "failed");
  await during(received, "rejected", () => received.reject());
  await failed;
  assert.equal(held.task.transfers.outgoing.status, "failed");
  await during(held, "completed", () => held.complete());
});

test("a transfer to a queue asks its workers", needsServer, async () => {
  const held = await accepted();
  const received = await handOn(held, centre.queue);
  assert.equal(received.transfer.type, "QUEUE");
  const attemptFailed = once(held.task.transfers.outgoing, "attemptFailed");
  await during(received, "rejected", () => received.reject({ activitySid: centre.activities.Offline }));
  await attemptFailed;
  await during(held, "completed", () => held.complete());
});

test("a transfer is called off once", needsServer, async () => {
  const held = await accepted();
  const received = await handOn(held, bob.sid);
  const { outgoing } = held.task.transfers;
  const withdrawn = once(received, "canceled");
  await during(outgoing, "canceled", () => outgoing.cancel());
  await withdrawn;
  await assert.rejects(outgoing.cancel(), /already canceled/);
  await during(held, "completed", () => held.complete());
});

test("a reload finds both sides of an open transfer", needsServer, async () => {
  const held = await accepted();
  const received = await handOn(held, bob.sid);
  for (const worker of [alice, bob]) worker.disconnect();
  [alice, bob] = await Promise.all([alice, bob].map(reconnect));
  const [heldAgain] = alice.reservations.values();
  const [receivedAgain] = bob.reservations.values();
  assert.equal(heldAgain.task.transfers.outgoing.sid, received.transfer.sid);
  assert.equal(receivedAgain.transfer.sid, received.transfer.sid);
  await during(receivedAgain, "rejected", () => receivedAgain.reject());
  await during(heldAgain, "completed", () => heldAgain.complete());
});

async function reconnect(worker) {
  return connect(await tokenOf({ login: worker.name }));
}

test("what can not be handed on is refused with its reason", needsServer, async () => {
  const held = await accepted();
  const offline = bob.activities.get(centre.activities.Offline);
  await during(bob, "activityUpdated", () => offline.setAsCurrent());
  await assert.rejects(held.task.transfer(bob.sid), /400.*not available/);
  await assert.rejects(held.task.transfer(`WQ${"0".repeat(32)}`), /400.*WQ/);
  await assert.rejects(held.task.hold(bob.sid, true), /conference/);
  await during(held, "completed", () => held.complete());
});
