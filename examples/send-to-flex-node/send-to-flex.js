// Publishes a flow, texts it as a customer would, and takes the task as an agent would.

import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { connect } from "../../clients/node/index.js";

const url = process.env.PATCHBOARD_URL ?? "http://127.0.0.1:8080";
const accountSid = process.env.PATCHBOARD_ACCOUNT_SID;
const authToken = process.env.PATCHBOARD_AUTH_TOKEN;
const customer = "+15557778002";
const ourNumber = "+15555550112";

const client = connect(url, accountSid, authToken);

// A new installation has a workspace, a workflow and the usual task channels.
const [workspace] = await client.taskrouter.v1.workspaces.list({ friendlyName: "Flex Task Assignment" });
const router = client.taskrouter.v1.workspaces(workspace.sid);
const [workflow] = await router.workflows.list({ friendlyName: "Assign to Anyone" });
const chat = await router.taskChannels("chat").fetch();

// The flow is a Studio export; Send to Flex needs the two SIDs of this installation.
const exported = await readFile(new URL("../send-to-flex/flow.json", import.meta.url), "utf8");
const definition = JSON.parse(
  exported.replace("${WORKFLOW_SID}", workflow.sid).replace("${CHAT_CHANNEL_SID}", chat.sid),
);
const flow = await client.studio.v2.flows.create({
  friendlyName: "Send to Flex example",
  status: "published",
  definition,
});
await client.incomingPhoneNumbers.create({ phoneNumber: ourNumber, smsUrl: flow.webhookUrl });
console.log(`published ${flow.sid} on ${ourNumber}`);

// The loopback carrier plays the customer's phone.
const text = await fetch(`${url}/v1/dev/inbound-messages`, {
  method: "POST",
  headers: { Authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}` },
  body: new URLSearchParams({ From: customer, To: ourNumber, Body: "My parcel is lost" }),
});
if (text.status !== 201) throw new Error(`the text was refused: ${await text.text()}`);

// An agent becomes available, is offered the task, and does the work.
const [available] = await router.activities.list({ friendlyName: "Available" });
const worker = await router.workers.create({ friendlyName: "Example agent", activitySid: available.sid });
const offer = await firstOffer(worker.sid);
const task = await router.tasks(offer.taskSid).fetch();
console.log(`accepting ${task.sid}: ${task.attributes}`);
const reservation = router.workers(worker.sid).reservations(offer.sid);
await reservation.update({ reservationStatus: "accepted" });
await reservation.update({ reservationStatus: "completed" });
const ended = await router.tasks(task.sid).fetch();
console.log(`${task.sid} is ${ended.assignmentStatus}`);

for (const message of await client.messages.list({ to: customer })) {
  console.log(`the customer got: ${message.body}`);
}

async function firstOffer(workerSid) {
  for (;;) {
    const [offer] = await router.workers(workerSid).reservations.list({ reservationStatus: "pending" });
    if (offer) return offer;
    await sleep(100);
  }
}
