// A visitor of a page with the chat and an agent at the desktop: from the form to the rating, with pictures both ways.
//
// PATCHBOARD_URL names a running server in development mode, AGENTS its agents as JSON, CHROMIUM the browser.
// With SCREENSHOTS, pictures of every stage are kept in that folder.
import assert from "node:assert/strict";

import { travel } from "./browser.mjs";

const [AGENT] = JSON.parse(process.env.AGENTS);

/** A picture of one red dot. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==",
  "base64",
);
const HOSTILE = "<img src=x onerror=alert(1)>.png";

await travel(async (trip) => {
  const agent = await trip.seat(AGENT);
  const visitor = await trip.open("/chat");
  const chat = visitor.locator("patchboard-chat");
  await chat.locator(".launch").click();
  await trip.picture(visitor, "webchat-1-form");
  await begin(chat, "Ada Lovelace", "Where is my parcel?");

  await agent.getByRole("button", { name: "Accept" }).waitFor();
  await trip.picture(visitor, "webchat-2-waiting");
  await trip.picture(agent, "webchat-3-offer");
  await agent.getByRole("button", { name: "Accept" }).click();
  const messages = agent.getByRole("list", { name: "Messages" });
  await messages.getByText("Where is my parcel?").waitFor();
  await chat.locator(".note", { hasText: "has joined" }).waitFor();

  await agent.getByPlaceholder("Write to the customer").pressSequentially("I look");
  await chat.locator(".status", { hasText: "is typing" }).waitFor();
  await agent.getByPlaceholder("Write to the customer").fill("I look for it.");
  await agent.keyboard.press("Enter");
  await chat.locator(".m.agent", { hasText: "I look for it." }).waitFor();
  await messages.getByTitle("Read", { exact: true }).waitFor();
  await chat.locator(".compose textarea").pressSequentially("Thank");
  await agent.getByText("Ada Lovelace types").waitFor();
  await overtake(visitor, chat, "Thank you");
  await messages.getByText("Thank you").waitFor();
  await chat.locator(".m.visitor .s", { hasText: "Read" }).waitFor();

  await fallSilent(visitor, chat);
  await sendPictures(trip, { agent, visitor, chat, messages });
  await trip.picture(agent, "webchat-4-talking");
  await trip.picture(visitor, "webchat-5-talking");

  await agent.getByRole("button", { name: "End and wrap up" }).click();
  await chat.locator(".over", { hasText: "The chat has ended." }).waitFor();
  await trip.picture(visitor, "webchat-6-over");
  await chat.locator(".stars label").nth(4).click();
  await chat.getByRole("button", { name: "Submit" }).click();
  await chat.getByText("Thank you!").waitFor();
  await agent.getByRole("button", { name: "Complete" }).click();
  await agent.getByText("Nothing waits for you").waitFor();

  await chat.getByRole("button", { name: "Start a new chat" }).click();
  await begin(chat, "Ada Lovelace", "One more thing");
  await agent.getByRole("button", { name: "Accept" }).click();
  await messages.getByText("One more thing").waitFor();
  assert.equal(await messages.getByText("Thank you").count(), 0, "the next chat starts afresh");
});

/** Fills in the form. */
async function begin(chat, name, query) {
  await chat.locator("[name=friendlyName]").fill(name);
  await chat.locator("[name=query]").fill(query);
  await chat.getByRole("button", { name: "Start chat" }).click();
  await chat.locator(".m.visitor", { hasText: query }).waitFor();
}

/** Writes something that the chat hears of before its request is answered: it is shown once all the same. */
async function overtake(visitor, chat, text) {
  const rows = chat.locator(".m.visitor", { hasText: text });
  await visitor.route("**/messages", async (route) => {
    const response = await route.fetch();
    await chat.locator(".m.visitor:not([data-waiting])", { hasText: text }).waitFor();
    assert.equal(await rows.count(), 1);
    await route.fulfill({ response });
  });
  await chat.locator(".compose textarea").fill(text);
  const answered = visitor.waitForResponse("**/messages");
  await visitor.keyboard.press("Enter");
  await answered;
  await visitor.unroute("**/messages");
  assert.equal(await rows.count(), 1);
}

/** Loses the line, and two more before they carry anything: the chat comes back with what was said. */
async function fallSilent(visitor, chat) {
  let refused = 0;
  const isBack = new Promise((resolve) => {
    void visitor.routeWebSocket(/\/socket/, (line) => {
      if (++refused <= 2) return void line.close();
      line.connectToServer();
      resolve();
    });
  });
  const looked = visitor.waitForResponse((response) => /\/sessions\/\w+$/.test(response.url()));
  await visitor.evaluate(() => window.sockets.at(-1).close());
  assert.equal((await looked).status(), 200);
  await isBack;
  await chat.locator(".m.visitor", { hasText: "Thank you" }).waitFor();
}

/** Both send a picture and see the other's; a drawing with a script in it is a file to both. */
async function sendPictures(trip, { agent, visitor, chat, messages }) {
  const picture = { name: HOSTILE, mimeType: "image/png", buffer: PNG };
  await chat.locator("input[type=file]").setInputFiles(picture);
  await messages.locator("img").first().waitFor();
  const [opened] = await Promise.all([
    agent.context().waitForEvent("page"),
    messages.getByRole("link", { name: HOSTILE }).click(),
  ]);
  await opened.locator("img").waitFor();
  await opened.close();

  const drawing = {
    name: "map.svg",
    mimeType: "image/svg+xml",
    buffer: Buffer.from("<svg onload=alert(2)/>"),
  };
  await agent.getByLabel("Files to send").setInputFiles([drawing]);
  await chat.locator(".m.agent .file", { hasText: "map.svg" }).waitFor();
  await drop(agent, { name: "dropped.png", type: "image/png", base64: PNG.toString("base64") });
  await chat.locator(".m.agent img").waitFor();
  await visitor.waitForFunction(() => {
    const shown = [...document.querySelector("patchboard-chat").shadowRoot.querySelectorAll(".log img")];
    return shown.length === 2 && shown.every((it) => it.naturalWidth === 1);
  });
  const [saved] = await Promise.all([
    visitor.waitForEvent("download"),
    chat.locator(".m.agent .file", { hasText: "map.svg" }).click(),
  ]);
  assert.equal(saved.suggestedFilename(), "map.svg");
  const big = { name: "film.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(17 * 1024 * 1024, 1) };
  await agent.getByLabel("Files to send").setInputFiles([big]);
  await agent.getByRole("alert").getByText("more than 16 MB").waitFor();
  await trip.picture(agent, "webchat-7-too-large");
  await agent.getByRole("button", { name: "Discard" }).click();
}

/** Drops a file onto the conversation. */
async function drop(agent, file) {
  const data = await agent.evaluateHandle(({ name, type, base64 }) => {
    const bytes = Uint8Array.from(atob(base64), (it) => it.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], name, { type }));
    return carried;
  }, file);
  const place = agent.getByRole("region", { name: "Conversation" });
  for (const event of ["dragover", "drop"]) await place.dispatchEvent(event, { dataTransfer: data });
}
