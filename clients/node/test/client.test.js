// What the library sends, seen by a small HTTP server that records it.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";

import twilio from "twilio";

import { connect, localUrl, PatchboardRequestClient } from "../index.js";

const ACCOUNT_SID = "AC" + "0".repeat(32);
const BASE = "http://127.0.0.1:8080";

for (const [published, local] of [
  ["https://api.twilio.com/2010-04-01/Accounts.json", "/2010-04-01/Accounts.json"],
  ["https://studio.twilio.com/v2/Flows", "/studio/v2/Flows"],
  ["https://taskrouter.twilio.com/v1/Workspaces?PageSize=2", "/taskrouter/v1/Workspaces?PageSize=2"],
  ["https://flex-api.twilio.com/v1/Interactions", "/flex-api/v1/Interactions"],
  ["https://studio.sydney.au1.twilio.com/v2/Flows", "/studio/v2/Flows"],
]) {
  test(`${published} becomes ${local}`, () => {
    assert.equal(localUrl(BASE, published), BASE + local);
    assert.equal(localUrl(`${BASE}/`, published), BASE + local);
  });
}

for (const url of ["http://127.0.0.1:8080/studio/v2/Flows?Page=1", "https://nottwilio.com/v1/X"]) {
  test(`${url} stays as it is`, () => {
    assert.equal(localUrl("https://patchboard.example", url), url);
  });
}

test("every product of the library reaches the one server", async (t) => {
  const recorder = await record(t);
  const client = connect(recorder.url, ACCOUNT_SID, "secret");
  await client.messages.list({ pageSize: 5 });
  await client.studio.v2.flows.list();
  await client.taskrouter.v1.workspaces.list();
  assert.deepEqual(recorder.paths, [
    `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json?PageSize=5`,
    "/studio/v2/Flows",
    "/taskrouter/v1/Workspaces",
  ]);
});

test("the next page is asked of the server that named it", async (t) => {
  const recorder = await record(t);
  recorder.nextPage = "/taskrouter/v1/Workspaces?PageToken=2";
  const client = connect(recorder.url, ACCOUNT_SID, "secret", { region: "au1", edge: "sydney" });
  assert.deepEqual(await client.taskrouter.v1.workspaces.list(), []);
  assert.deepEqual(recorder.paths, ["/taskrouter/v1/Workspaces", "/taskrouter/v1/Workspaces?PageToken=2"]);
});

test("the request client alone serves a client made by hand", async (t) => {
  const recorder = await record(t);
  const client = twilio(ACCOUNT_SID, "secret", { httpClient: new PatchboardRequestClient(recorder.url) });
  await client.studio.v2.flows.list();
  assert.deepEqual(recorder.paths, ["/studio/v2/Flows"]);
});

/** Starts a server that answers every list with an empty page and remembers what was asked. */
async function record(t) {
  const recorder = { url: "", paths: [], nextPage: "" };
  const server = createServer((request, response) => {
    recorder.paths.push(request.url);
    const following = recorder.nextPage ? recorder.url + recorder.nextPage : null;
    recorder.nextPage = "";
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ rows: [], meta: { key: "rows", next_page_url: following } }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  recorder.url = `http://127.0.0.1:${server.address().port}`;
  return recorder;
}
