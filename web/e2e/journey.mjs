// A newcomer's first minutes, in a real browser: calls from /phone, answers as the agent at /, talks, and wraps up.
//
// PATCHBOARD_URL names a running server in development mode, AGENT_LOGIN and AGENT_PASSWORD an agent of it,
// CHROMIUM the browser. With SCREENSHOTS, pictures of every stage are kept in that folder.
import assert from "node:assert/strict";

import { chromium } from "playwright-core";

const { PATCHBOARD_URL, AGENT_LOGIN, AGENT_PASSWORD, CHROMIUM, SCREENSHOTS } = process.env;
const NOTE = "Wants a refund";
const HEARD = 0.1;

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: [
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
  ],
});
const context = await browser.newContext({ permissions: ["microphone"] });
context.setDefaultTimeout(20_000);
const problems = [];

/** Keeps the page's sockets, so that they can be cut. */
function keepSockets() {
  const Real = window.WebSocket;
  window.sockets = [];
  window.WebSocket = class extends Real {
    constructor(...address) {
      super(...address);
      window.sockets.push(this);
    }
  };
}

async function open(path) {
  const page = await context.newPage();
  await page.addInitScript(keepSockets);
  page.on("console", (message) => message.type() === "error" && problems.push(`${path}: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`${path}: ${error}`));
  await page.goto(PATCHBOARD_URL + path);
  return page;
}

async function picture(page, name) {
  if (!SCREENSHOTS) return;
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${SCREENSHOTS}/${name}-${colorScheme}.png` });
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Waits until a page's other side is loud enough to be heard. */
async function hears(page) {
  const level = await page.getByLabel("They").elementHandle();
  await page.waitForFunction(([meter, least]) => meter.value > least, [level, HEARD]);
}

try {
  const agent = await open("/");
  await agent.getByLabel("Login").waitFor();
  await picture(agent, "1-login");
  await agent.getByLabel("Login").fill(AGENT_LOGIN);
  await agent.getByLabel("Password").fill("a wrong one");
  await agent.getByRole("button", { name: "Log in" }).click();
  await agent.getByText("do not match").waitFor();
  problems.length = 0; // The browser itself tells of the refused login.
  await agent.getByLabel("Password").fill(AGENT_PASSWORD);
  await agent.getByRole("button", { name: "Log in" }).click();
  await agent.getByText("You take no tasks now").waitFor();
  await agent.getByText("Phone ready").waitFor();
  await agent.getByRole("combobox", { name: "Activity" }).click();
  await picture(agent, "2-activities");
  await agent.getByRole("option", { name: "Available", exact: true }).click();
  await agent.getByText("Nothing waits for you").waitFor();
  await picture(agent, "3-idle");

  const caller = await open("/phone");
  await caller.getByRole("button", { name: "Call", exact: true }).waitFor();
  await picture(caller, "4-phone");
  await caller.getByRole("button", { name: "Call", exact: true }).click();
  await caller.getByRole("heading", { name: "+15555550100", exact: true }).waitFor();
  await hears(caller);
  await picture(caller, "5-calling");

  await agent.getByRole("button", { name: "Accept" }).waitFor({ timeout: 60_000 });
  await picture(agent, "6-offer");
  await agent.keyboard.press("Enter");
  await agent.getByRole("button", { name: "Hang up" }).waitFor();
  await Promise.all([hears(agent), hears(caller)]);

  await agent.evaluate(() => {
    for (const socket of window.sockets) socket.close();
  });
  await agent.getByText("Phone reconnecting").waitFor();
  await agent.getByText("Phone ready").waitFor();
  await agent.getByText("Disconnected").waitFor({ state: "hidden" });
  await Promise.all([hears(agent), hears(caller)]);
  await agent.keyboard.press("k");
  await picture(agent, "7-talking");
  await agent.setViewportSize({ width: 380, height: 780 });
  await picture(agent, "8-narrow");
  await agent.getByRole("button", { name: "Mute" }).click();
  await agent.getByRole("button", { name: "Unmute" }).click();
  await agent.getByRole("button", { name: "Hang up" }).click();

  await caller.getByRole("button", { name: "Call", exact: true }).waitFor();
  await agent.getByLabel("Note").fill(NOTE);
  await picture(agent, "9-wrap-up");
  await agent.getByRole("button", { name: "Complete" }).click();
  await agent.getByText("Nothing waits for you").waitFor();

  await caller.getByLabel("Message", { exact: true }).fill("Hello");
  await caller.getByRole("button", { name: "Send" }).click();
  await caller.locator("li", { hasText: "Hello" }).waitFor();
  await agent.getByRole("button", { name: "Accept" }).click();
  await agent.getByRole("button", { name: "End and wrap up" }).click();
  await agent.getByRole("button", { name: "Complete" }).click();
  await agent.getByText("Nothing waits for you").waitFor();
  await picture(caller, "10-messages");

  await agent.getByRole("button", { name: "Log out" }).click();
  await agent.getByLabel("Password").waitFor();
  assert.deepEqual(problems, []);
} catch (error) {
  for (const [at, page] of context.pages().entries()) {
    console.error(page.url(), await page.locator("body").textContent());
    if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/failed-${at}.png` });
  }
  console.error(problems);
  throw error;
} finally {
  await browser.close();
}
