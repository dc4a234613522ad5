// One agent with two conversations at once: what is unread, a colleague asked in and left alone with one of them.
//
// PATCHBOARD_URL names a running server in development mode, AGENTS its agents as JSON, the first of whom takes two
// conversations at once; CHROMIUM the browser. With SCREENSHOTS, pictures of every stage are kept in that folder.
import assert from "node:assert/strict";

import { travel } from "./browser.mjs";

const [ANN, BOB] = JSON.parse(process.env.AGENTS);

/** What must stay text, in whichever page it is shown: a journey fails when it opens a dialog. */
const HOSTILE = "<img src=x onerror=alert(1)><svg onload=alert(2)>";

await travel(async (trip) => {
  const ann = await trip.seat(ANN);
  const customer = await trip.open("/phone");
  await text(customer, "Where is my parcel?");
  await ann.getByRole("button", { name: "Accept" }).click();
  const messages = ann.getByRole("list", { name: "Messages" });
  await messages.getByText("Where is my parcel?").waitFor();

  const visitor = await trip.open("/chat");
  const chat = visitor.locator("patchboard-chat");
  await chat.locator(".launch").click();
  await chat.locator("[name=friendlyName]").fill("Ada Lovelace");
  await chat.locator("[name=query]").fill(`Can I pay by card? ${HOSTILE}`);
  await chat.getByRole("button", { name: "Start chat" }).click();
  await ann.getByRole("button", { name: "Show" }).click();
  await ann.getByRole("button", { name: "Accept" }).click();
  await messages.getByText("Can I pay by card?").waitFor();
  const list = ann.getByRole("navigation", { name: "Your work" });
  const [parcel, card] = [list.getByRole("button").nth(0), list.getByRole("button").nth(1)];
  await card.getByText("Ada Lovelace").waitFor();

  await text(customer, `It is number 12 ${HOSTILE}`);
  await text(customer, "Hello?");
  await parcel.getByText("2 unread").waitFor();
  assert.equal(await card.getByText("unread").count(), 0, "what is looked at is read");
  await trip.picture(ann, "two-1-unread");
  await ann.locator("body").press("1");
  await messages.getByText(`It is number 12 ${HOSTILE}`).waitFor();
  assert.equal(await ann.locator("main img, nav img").count(), 0);
  await parcel.getByText("unread").waitFor({ state: "detached" });

  await ann.getByPlaceholder("Write to the customer").fill("half a sentence");
  await ann.keyboard.press("Escape");
  await ann.locator("body").press("2");
  assert.equal(await ann.getByPlaceholder("Write to the customer").inputValue(), "");
  await ann.locator("body").press("1");
  assert.equal(await ann.getByPlaceholder("Write to the customer").inputValue(), "half a sentence");

  const bob = await trip.seat(BOB);
  await ann.getByRole("button", { name: "Transfer" }).click();
  await ann.getByLabel("Search").fill(BOB.login);
  await ann.getByRole("radio", { name: BOB.login }).check({ force: true });
  await ann.getByRole("button", { name: "Consult first" }).click();
  await ann.getByText("Waiting for a colleague to join").waitFor();
  await bob.getByRole("button", { name: "Accept" }).click();
  await ann.getByText(`${BOB.login} is here too`).waitFor();
  await write(bob, `I know where it is ${HOSTILE}`);
  await write(ann, "Bob will help you");
  for (const said of ["I know where it is", "Bob will help you"]) {
    await customer.locator("li", { hasText: said }).waitFor();
  }
  await messages.getByText("I know where it is").waitFor();
  await trip.picture(ann, "two-2-consulting");
  await ann.getByRole("button", { name: `Leave to ${BOB.login}` }).click();
  await ann.getByRole("button", { name: "Complete" }).click();
  await list.getByRole("button").nth(1).waitFor({ state: "detached" });
  await write(bob, "It is in Graz");
  await customer.locator("li", { hasText: "It is in Graz" }).waitFor();
  assert.equal(await customer.locator("li img, li svg[onload]").count(), 0);

  await list.getByRole("button").first().click();
  await messages.getByText("Can I pay by card?").waitFor();
  for (const page of [ann, bob]) {
    await page.getByRole("button", { name: "End and wrap up" }).click();
    await page.getByRole("button", { name: "Complete" }).click();
    await page.getByText("Nothing waits for you").waitFor();
  }
  await chat.locator(".over", { hasText: "The chat has ended." }).waitFor();
});

/** Writes as an agent. */
async function write(page, body) {
  await page.getByPlaceholder("Write to the customer").fill(body);
  await page.keyboard.press("Enter");
  await page.getByRole("list", { name: "Messages" }).getByText(body).waitFor();
}

/** Writes as the customer. */
async function text(page, body) {
  await page.getByLabel("Message", { exact: true }).fill(body);
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("li", { hasText: body }).waitFor();
}
