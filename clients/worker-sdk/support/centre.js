// The contact centre behind the tests: what an administrator sets up by REST.

import { createHmac } from "node:crypto";
import { once } from "node:events";

import TaskRouter from "twilio-taskrouter";

import { serverOptions } from "../index.js";

export const url = process.env.PATCHBOARD_URL;
const accountSid = process.env.PATCHBOARD_ACCOUNT_SID;
const authToken = process.env.PATCHBOARD_AUTH_TOKEN;

/** What leaves a case out where there is no server to run it against. */
export const needsServer = { skip: url ? false : "PATCHBOARD_URL is not set", timeout: 30_000 };

/** Sends a request as the account, or as a person; returns the answer's JSON. */
export async function request(method, path, form, login = `${accountSid}:${authToken}`) {
  const response = await fetch(new URL(path, url), {
    method,
    headers: { authorization: `Basic ${Buffer.from(login).toString("base64")}` },
    body: form && new URLSearchParams(form),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.message}`);
  return answer;
}

/** Returns the path, the activities by name, the workflow and the queue of the out-of-the-box workspace. */
export async function workspace() {
  const { workspaces } = await request("GET", "/taskrouter/v1/Workspaces?FriendlyName=Flex+Task+Assignment");
  const path = `/taskrouter/v1/Workspaces/${workspaces[0].sid}`;
  const { activities } = await request("GET", `${path}/Activities`);
  const { workflows } = await request("GET", `${path}/Workflows`);
  const { task_queues: queues } = await request("GET", `${path}/TaskQueues`);
  return {
    sid: workspaces[0].sid,
    path,
    activities: Object.fromEntries(activities.map((activity) => [activity.friendly_name, activity.sid])),
    workflow: workflows[0].sid,
    queue: queues[0].sid,
  };
}

let people = 0;

/** Makes an agent with a login; the agent's worker is offline at first. */
export async function hire() {
  const login = `agent-${process.pid}-${(people += 1)}`;
  const user = await request("POST", "/v1/users", { Login: login, Password: "correct horse", Role: "agent" });
  return { login, worker: user.worker_sid, workspace: user.workspace_sid };
}

/** Returns the token that an agent gets by logging in. */
export async function tokenOf(agent, ttl = 3600) {
  return (await request("POST", "/v1/tokens", { Ttl: ttl }, `${agent.login}:correct horse`)).token;
}

/** Signs a token as the user's own server does, with an API key. */
export function sign(key, agent, role, seconds = 3600) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const grants = {
    identity: agent.login,
    task_router: { workspace_sid: agent.workspace, worker_sid: agent.worker, role },
  };
  const header = { typ: "JWT", alg: "HS256", cty: "twilio-fpa;v=1" };
  const claims = { jti: `${key.sid}-${now}`, iss: key.sid, sub: accountSid, exp: now + seconds, grants };
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${createHmac("sha256", key.secret).update(text).digest("base64url")}`;
}

/** Makes an API key of the account. */
export function makeKey() {
  return request("POST", `/2010-04-01/Accounts/${accountSid}/Keys.json`, { FriendlyName: "Token server" });
}

/** Connects an agent's worker by the SDK, and returns it when it is ready. */
export async function connect(token, options = {}) {
  const worker = new TaskRouter.Worker(token, { ...serverOptions(url), logLevel: "silent", ...options });
  await once(worker, "ready");
  return worker;
}

/** Runs a step that makes an event, and returns what the event carries. */
export async function during(emitter, event, step) {
  const heard = once(emitter, event);
  await step();
  return (await heard)[0];
}

/** Creates a task, and returns the SDK's reservation of it. */
export function offer(worker, centre, attributes = {}) {
  return during(worker, "reservationCreated", () =>
    request("POST", `${centre.path}/Tasks`, { WorkflowSid: centre.workflow, Attributes: JSON.stringify(attributes) }),
  );
}
