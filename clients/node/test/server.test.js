// The library against a running server: `PATCHBOARD_URL` names it, `PATCHBOARD_ACCOUNT_SID` and
// `PATCHBOARD_AUTH_TOKEN` open it. Without a server these cases are left out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../index.js";

const url = process.env.PATCHBOARD_URL;
const accountSid = process.env.PATCHBOARD_ACCOUNT_SID;
const authToken = process.env.PATCHBOARD_AUTH_TOKEN;
const options = { skip: url ? false : "PATCHBOARD_URL is not set" };

test("the out-of-the-box workspace is found by its name", options, async () => {
  const client = connect(url, accountSid, authToken);
  const workspaces = await client.taskrouter.v1.workspaces.list();
  assert.ok(workspaces.some((workspace) => workspace.friendlyName === "Flex Task Assignment"));
});

test("lists are paged through to their end", options, async () => {
  const client = connect(url, accountSid, authToken);
  const [workspace] = await client.taskrouter.v1.workspaces.list({ friendlyName: "Flex Task Assignment" });
  const channels = client.taskrouter.v1.workspaces(workspace.sid).taskChannels;
  const byTwos = await channels.list({ pageSize: 2 });
  const atOnce = await channels.list();
  assert.ok(atOnce.length >= 5);
  assert.deepEqual(byTwos.map((channel) => channel.sid), atOnce.map((channel) => channel.sid));
});

test("a flow is created, fetched, published and removed", options, async () => {
  const client = connect(url, accountSid, authToken);
  const definition = {
    description: "Says nothing",
    states: [{ name: "Trigger", type: "trigger", transitions: [{ event: "incomingMessage" }], properties: {} }],
    initial_state: "Trigger",
    flags: { allow_concurrent_calls: true },
  };
  const draft = await client.studio.v2.flows.create({ friendlyName: "From Node", status: "draft", definition });
  assert.match(draft.sid, /^FW[0-9a-f]{32}$/);
  const published = await client.studio.v2.flows(draft.sid).update({ status: "published" });
  assert.equal(published.status, "published");
  assert.deepEqual((await client.studio.v2.flows(draft.sid).fetch()).definition, definition);
  assert.ok(await client.studio.v2.flows(draft.sid).remove());
  await assert.rejects(client.studio.v2.flows(draft.sid).fetch(), { status: 404, code: 20404 });
});

test("a message is sent and read back with its date", options, async () => {
  const client = connect(url, accountSid, authToken);
  const sent = await client.messages.create({ from: "+15555550100", to: "+15555550199", body: "Hello from Node" });
  const read = await client.messages(sent.sid).fetch();
  assert.equal(read.body, "Hello from Node");
  assert.ok(read.dateCreated instanceof Date && !Number.isNaN(read.dateCreated.getTime()));
});

test("a wrong token is refused", options, async () => {
  const client = connect(url, accountSid, "wrong");
  await assert.rejects(client.studio.v2.flows.list(), { status: 401, code: 20003 });
});
