// The unmodified SDK as a supervisor uses it.

import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, before, test } from "node:test";

import TaskRouter from "twilio-taskrouter";

import { serverOptions } from "../index.js";
import { hire, makeKey, needsServer, request, sign, url, workspace } from "../support/centre.js";

let centre;
let supervisor;

before(async () => {
  if (!needsServer.skip) centre = await workspace();
});

afterEach(() => {
  supervisor?.disconnect();
  supervisor = undefined;
});

test("a supervisor changes another worker", needsServer, async () => {
  const [boss, agent] = [await hire(), await hire()];
  const token = sign(await makeKey(), boss, "supervisor");
  supervisor = new TaskRouter.Supervisor(token, { ...serverOptions(url), logLevel: "silent" });
  await once(supervisor, "ready");
  await supervisor.setWorkerAttributes(agent.worker, { moved: true });
  await supervisor.setWorkerActivity(agent.worker, centre.activities.Available);
  const shown = await request("GET", `${centre.path}/Workers/${agent.worker}`);
  assert.deepEqual([JSON.parse(shown.attributes), shown.activity_name], [{ moved: true }, "Available"]);
  const nowhere = `WA${"0".repeat(32)}`;
  await assert.rejects(supervisor.setWorkerActivity(agent.worker, nowhere), new RegExp(`400.*${nowhere}`));
  await assert.rejects(supervisor.setWorkerActivity(`WK${"0".repeat(32)}`, nowhere), /404/);
  await supervisor.setWorkerActivity(agent.worker, centre.activities.Offline);
});

test("a worker may not do that", needsServer, async () => {
  const [agent, other] = [await hire(), await hire()];
  const token = sign(await makeKey(), agent, "worker");
  supervisor = new TaskRouter.Supervisor(token, { ...serverOptions(url), logLevel: "silent" });
  await once(supervisor, "ready");
  await assert.rejects(supervisor.setWorkerAttributes(other.worker, {}), /403/);
});

test("the workspace is looked at: workers, queues, tasks, page by page", needsServer, async () => {
  const agent = await hire();
  const token = sign(await makeKey(), agent, "admin");
  const view = new TaskRouter.Workspace(token, { ...serverOptions(url), logLevel: "silent", pageSize: 1 });
  const worker = await view.fetchWorker(agent.worker);
  assert.equal(worker.name, agent.login);
  const workers = await view.fetchWorkers();
  assert.ok(workers.has(agent.worker) && workers.size >= 2);
  const newest = await view.fetchWorkers({ Ordering: "DateCreated:desc" });
  assert.equal([...newest.keys()][0], agent.worker);
  const named = await view.fetchWorkers({ FriendlyName: agent.login });
  assert.deepEqual([...named.keys()], [agent.worker]);
  const queues = await view.fetchTaskQueues();
  assert.ok(queues.has(centre.queue));
  const task = await request("POST", `${centre.path}/Tasks`, { WorkflowSid: centre.workflow });
  assert.equal((await view.fetchTask(task.sid)).sid, task.sid);
  await request("POST", `${centre.path}/Tasks/${task.sid}`, { AssignmentStatus: "canceled" });
  await assert.rejects(view.fetchTask(`WT${"0".repeat(32)}`), /404/);
});
