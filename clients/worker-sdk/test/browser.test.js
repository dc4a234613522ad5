// The unmodified SDK in a browser: the same day at a desk, in headless Chromium.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { build } from "esbuild";
import { chromium } from "playwright-core";

import { serverOptions } from "../index.js";
import { hire, needsServer, request, tokenOf, url, workspace } from "../support/centre.js";

const executablePath = process.env.CHROMIUM;
const needsBrowser = { ...needsServer, skip: needsServer.skip || (!executablePath && "CHROMIUM is not set") };

let browser;
let script;

before(async () => {
  if (needsBrowser.skip) return;
  script = await bundle();
  const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
  browser = await chromium.launch({ executablePath, args });
});

after(() => browser?.close());

test("an agent works a task and hands another one on, in the browser", needsBrowser, async () => {
  const centre = await workspace();
  const [agent, colleague] = [await hire(), await hire()];
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  // A page of another origin, as an application's is: the same machine by its other name.
  await page.goto(new URL("/health", url).href.replace("127.0.0.1", "localhost"));
  await page.addScriptTag({ content: script });
  const desk = { options: serverOptions(url), available: centre.activities.Available, offline: centre.activities.Offline };
  await page.evaluate(arrive, { ...desk, tokens: [await tokenOf(agent), await tokenOf(colleague)] });

  const first = await create(centre, { name: "Ana" });
  const seen = await page.evaluate(workOff);
  assert.deepEqual(seen, { taskSid: first.sid, attributes: { name: "Ana" }, end: "completed" });

  const second = await create(centre, { name: "Bob" });
  const handed = await page.evaluate(handOn, { to: colleague.worker, available: desk.available });
  assert.deepEqual(handed, { taskSid: second.sid, transfer: "complete", receiver: "accepted" });

  const outbound = await page.evaluate(callOut, { workflow: centre.workflow, queue: centre.queue });
  assert.equal((await request("GET", `${centre.path}/Tasks/${outbound}`)).assignment_status, "completed");
  await page.evaluate(leave, desk.offline);
  assert.deepEqual(errors, []);
});

/** Bundles the SDK for a page, as an application's build does. */
async function bundle() {
  const stdin = { contents: 'export * from "twilio-taskrouter";', resolveDir: import.meta.dirname };
  const built = await build({ stdin, bundle: true, write: false, format: "iife", globalName: "TaskRouter" });
  return built.outputFiles[0].text;
}

function create(centre, attributes) {
  const form = { WorkflowSid: centre.workflow, Attributes: JSON.stringify(attributes) };
  return request("POST", `${centre.path}/Tasks`, form);
}

// What follows runs in the page: `alice`, `bob` and `once` are the page's own.

async function arrive({ options, tokens, available, offline }) {
  window.once = (emitter, event) => new Promise((resolve) => emitter.once(event, resolve));
  const come = async (token, activity) => {
    const worker = new TaskRouter.Worker(token, { ...options, logLevel: "silent" });
    await once(worker, "ready");
    if (worker.activity.sid !== activity) await worker.activities.get(activity).setAsCurrent();
    return worker;
  };
  window.alice = await come(tokens[0], available);
  window.bob = await come(tokens[1], offline);
  window.offered = (worker) => [...worker.reservations.values()][0] ?? once(worker, "reservationCreated");
}

async function workOff() {
  const reservation = await offered(alice);
  const { sid: taskSid, attributes } = reservation.task;
  for (const [event, step] of [["accepted", "accept"], ["wrapup", "wrap"], ["completed", "complete"]]) {
    const heard = once(reservation, event);
    await reservation[step]();
    await heard;
  }
  return { taskSid, attributes, end: reservation.status };
}

async function handOn({ to, available }) {
  const reservation = await offered(alice);
  const accepted = once(reservation, "accepted");
  await reservation.accept();
  await accepted;
  await bob.activities.get(available).setAsCurrent();
  const coming = once(bob, "reservationCreated");
  await reservation.task.transfer(to, { mode: "COLD" });
  const received = await coming;
  const { outgoing } = reservation.task.transfers;
  const done = once(outgoing, "completed");
  await received.accept();
  await done;
  const result = { taskSid: reservation.task.sid, transfer: outgoing.status, receiver: received.status };
  await reservation.complete();
  const ended = once(received, "completed");
  await received.complete();
  await ended;
  return result;
}

async function callOut({ workflow, queue }) {
  const coming = once(alice, "reservationCreated");
  const task = await alice.createTask("+15551230001", "+15555550100", workflow, queue, { taskChannelUniqueName: "chat" });
  const reservation = await coming;
  await reservation.accept();
  const ended = once(reservation, "completed");
  await reservation.complete();
  await ended;
  return task;
}

async function leave(offline) {
  for (const worker of [alice, bob]) {
    await worker.activities.get(offline).setAsCurrent();
    worker.disconnect();
  }
}
