// The unmodified SDK as an agent's desktop uses it, against a running server.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { connect, during, hire, makeKey, needsServer, offer, request, sign, tokenOf, workspace } from "../support/centre.js";

let centre;
let worker;
let agent;

before(async () => {
  if (!needsServer.skip) centre = await workspace();
});

afterEach(async () => {
  // Who has no tasks left gets none of the next case's.
  if (worker) await worker.activities.get(centre.activities.Offline).setAsCurrent().catch(() => {});
  worker?.disconnect();
  worker = undefined;
});

after(() => worker?.disconnect());

async function start(options = {}) {
  agent = await hire();
  worker = await connect(await tokenOf(agent), { connectActivitySid: centre.activities.Available, ...options });
  // The SDK is ready before the server has answered which activity it goes to.
  if (worker.activity.name !== "Available") await once(worker, "activityUpdated");
}

test("an agent connects and has everything at hand", needsServer, async () => {
  await start();
  assert.equal(worker.sid, agent.worker);
  assert.equal(worker.name, agent.login);
  assert.equal(worker.attributes.contact_uri, `client:${agent.login}`);
  assert.equal(worker.activity.name, "Available");
  assert.ok(worker.activities.size >= 3 && worker.channels.size >= 5);
  assert.equal(worker.reservations.size, 0);
  assert.ok(worker.dateCreated instanceof Date && Math.abs(Date.now() - worker.dateCreated) < 60_000);
});

test("the agent changes activity and attributes", needsServer, async () => {
  await start();
  const offline = worker.activities.get(centre.activities.Offline);
  await during(worker, "activityUpdated", () => offline.setAsCurrent());
  assert.equal(worker.activity.name, "Offline");
  const updated = await during(worker, "attributesUpdated", () => worker.setAttributes({ languages: ["de"] }));
  assert.deepEqual(updated.attributes, { languages: ["de"] });
});

test("a task goes from its offer through wrap-up to its end", needsServer, async () => {
  await start();
  const reservation = await offer(worker, centre, { name: "Bob" });
  assert.equal(reservation.status, "pending");
  assert.deepEqual(reservation.task.attributes, { name: "Bob" });
  await during(reservation, "accepted", () => reservation.accept());
  assert.equal(reservation.status, "accepted");
  await during(reservation.task, "updated", () => reservation.task.setAttributes({ name: "Eve" }));
  assert.equal(reservation.task.attributes.name, "Eve");
  await during(reservation, "wrapup", () => reservation.wrap());
  assert.equal(reservation.status, "wrapping");
  const completed = once(reservation.task, "completed");
  await during(reservation, "completed", () => reservation.complete());
  await completed;
  assert.equal(reservation.task.status, "completed");
  assert.equal(worker.reservations.size, 0);
});

test("the agent ends the task itself, and both hear of it", needsServer, async () => {
  await start();
  const reservation = await offer(worker, centre);
  await during(reservation, "accepted", () => reservation.accept());
  await during(reservation.task, "wrapup", () => reservation.task.wrapUp({ reason: "talked" }));
  const gone = once(reservation, "completed");
  const task = await during(reservation.task, "completed", () => reservation.task.complete("all done"));
  await gone;
  assert.equal(task.reason, "all done");
  const stored = await request("GET", `${centre.path}/Tasks/${task.sid}`);
  assert.deepEqual([stored.assignment_status, stored.reason], ["completed", "all done"]);
});

test("the agent says no and goes to another activity", needsServer, async () => {
  await start();
  const reservation = await offer(worker, centre);
  const moved = once(worker, "activityUpdated");
  await during(reservation, "rejected", () => reservation.reject({ activitySid: centre.activities.Offline }));
  await moved;
  assert.equal(worker.activity.name, "Offline");
  await request("POST", `${centre.path}/Tasks/${reservation.task.sid}`, { AssignmentStatus: "canceled" });
});

test("a task that goes away takes its offer along", needsServer, async () => {
  await start();
  const reservation = await offer(worker, centre);
  const canceled = once(reservation.task, "canceled");
  await during(reservation, "canceled", () =>
    request("POST", `${centre.path}/Tasks/${reservation.task.sid}`, { AssignmentStatus: "canceled", Reason: "hung up" }),
  );
  assert.equal((await canceled)[0].reason, "hung up");
  assert.equal(worker.reservations.size, 0);
});

test("the agent makes an outbound task", needsServer, async () => {
  await start();
  let taskSid;
  const reservation = await during(worker, "reservationCreated", async () => {
    taskSid = await worker.createTask("+15551230001", "+15555550100", centre.workflow, centre.queue, {
      attributes: { why: "callback" },
      taskChannelUniqueName: "chat",
      virtualStartTime: new Date(Date.now() - 60_000),
    });
  });
  assert.equal(reservation.task.sid, taskSid);
  assert.equal(reservation.task.routingTarget, worker.sid);
  assert.equal(reservation.task.taskChannelUniqueName, "chat");
  assert.deepEqual(reservation.task.attributes, { why: "callback", outbound_to: "+15551230001", from: "+15555550100" });
  await reservation.accept();
  await during(reservation, "completed", () => reservation.complete());
});

test("what the server refuses is told with its reason", needsServer, async () => {
  await start();
  const reservation = await offer(worker, centre);
  await assert.rejects(reservation.task.complete("too early"), /status code 400/);
  await assert.rejects(reservation.dequeue(), /Enqueue/);
  await assert.rejects(worker.createTask("a", "b", "WW1", centre.queue), /WorkflowSid/);
  await reservation.accept();
  await assert.rejects(reservation.task.setVirtualStartTime(new Date(Date.now() + 3_600_000)), /future/);
  await during(reservation, "completed", () => reservation.complete());
});

test("versions are checked when the SDK is asked to", needsServer, async () => {
  await start({ enableVersionCheck: true });
  await worker.setAttributes({ step: 1 });
  await request("POST", `${centre.path}/Workers/${worker.sid}`, { FriendlyName: `${agent.login}-renamed` });
  await assert.rejects(worker.setAttributes({ step: 2 }), /status code 412/);
  await worker.fetchLatestVersion();
  await worker.setAttributes({ step: 2 });
  assert.equal(worker.attributes.step, 2);
});

test("a reload finds the open reservation and its task", needsServer, async () => {
  await start();
  const reservation = await offer(worker, centre, { name: "Bob" });
  await during(reservation, "accepted", () => reservation.accept());
  worker.disconnect();
  worker = await connect(await tokenOf(agent));
  const [again] = worker.reservations.values();
  assert.equal(again.sid, reservation.sid);
  assert.equal(again.status, "accepted");
  await during(again.task, "completed", () => again.task.complete("after the reload"));
});

test("a capacity change by REST reaches the channel", needsServer, async () => {
  await start();
  const channel = [...worker.channels.values()].find((one) => one.taskChannelUniqueName === "chat");
  const path = `${centre.path}/Workers/${worker.sid}/Channels/chat`;
  await during(channel, "capacityUpdated", () => request("POST", path, { Capacity: 4 }));
  assert.equal(channel.capacity, 4);
  await during(channel, "availabilityUpdated", () => request("POST", path, { Available: false }));
  assert.equal(channel.available, false);
});

test("a token is renewed before it ends, and the socket comes back with the new one", needsServer, async () => {
  agent = await hire();
  // The SDK says so five seconds before the end, and again after as long as the first token lasted.
  worker = await connect(await tokenOf(agent, 13));
  await once(worker, "tokenExpired");
  await during(worker, "tokenUpdated", async () => worker.updateToken(await tokenOf(agent)));
  await once(worker, "ready");
  await during(worker, "activityUpdated", () => worker.activities.get(centre.activities.Available).setAsCurrent());
});

test("a new session closes the other where that is asked for", needsServer, async () => {
  await start();
  const old = worker;
  const closed = once(old, "disconnected");
  worker = await connect(await tokenOf(agent), { closeExistingSessions: true });
  assert.match((await closed)[0].message, /elsewhere/);
  old.disconnect();
});

test("an agent who leaves for good goes offline where that is asked for", needsServer, async () => {
  await start({ setWorkerOfflineIfDisconnected: true });
  worker.disconnect();
  const path = `${centre.path}/Workers/${worker.sid}`;
  worker = undefined;
  let shown = await request("GET", path);
  assert.equal(shown.activity_name, "Available");
  while (shown.activity_name !== "Offline") {
    await pause(200);
    shown = await request("GET", path);
  }
});

test("a token of the user's own server connects as well", needsServer, async () => {
  agent = await hire();
  worker = await connect(sign(await makeKey(), agent, "worker"));
  assert.equal(worker.sid, agent.worker);
});
