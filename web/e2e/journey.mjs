// A newcomer's first minutes, in a real browser: calls from /phone, answers as the agent at /, talks, and wraps up.
//
// PATCHBOARD_URL names a running server in development mode, AGENTS its agents as JSON,
// CHROMIUM the browser. With SCREENSHOTS, pictures of every stage are kept in that folder.
import { choose, hears, travel } from "./browser.mjs";

const { AGENTS } = process.env;
const [AGENT] = JSON.parse(AGENTS);
const NOTE = "Wants a refund";

await travel(async (trip) => {
  const agent = await trip.open("/");
  await agent.getByLabel("Login").waitFor();
  await trip.picture(agent, "1-login");
  await agent.getByLabel("Login").fill(AGENT.login);
  await agent.getByLabel("Password").fill("a wrong one");
  await agent.getByRole("button", { name: "Log in" }).click();
  await agent.getByText("do not match").waitFor();
  trip.problems.length = 0; // The browser itself tells of the refused login.
  await agent.getByLabel("Password").fill(AGENT.password);
  await agent.getByRole("button", { name: "Log in" }).click();
  await agent.getByText("You take no tasks now").waitFor();
  await agent.getByText("Phone ready").waitFor();
  await trip.picture(agent, "2-not-available");
  await choose(agent, "Available");
  await agent.getByText("Nothing waits for you").waitFor();
  await trip.picture(agent, "3-idle");

  const caller = await trip.open("/phone");
  await caller.getByRole("button", { name: "Call", exact: true }).waitFor();
  await trip.picture(caller, "4-phone");
  await caller.getByRole("button", { name: "Call", exact: true }).click();
  await caller.getByRole("heading", { name: "+15555550100", exact: true }).waitFor();
  await hears(caller);
  await trip.picture(caller, "5-calling");

  await agent.getByRole("button", { name: "Accept" }).waitFor({ timeout: 60_000 });
  await trip.picture(agent, "6-offer");
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
  await trip.picture(agent, "7-talking");
  await agent.setViewportSize({ width: 380, height: 780 });
  await trip.picture(agent, "8-narrow");
  await agent.getByRole("button", { name: "Mute" }).click();
  await agent.getByRole("button", { name: "Unmute" }).click();
  await agent.getByRole("button", { name: "Hang up" }).click();

  await caller.getByRole("button", { name: "Call", exact: true }).waitFor();
  await agent.getByLabel("Note").fill(NOTE);
  await trip.picture(agent, "9-wrap-up");
  await agent.getByRole("button", { name: "Complete" }).click();
  await agent.getByText("Nothing waits for you").waitFor();

  await caller.getByLabel("Message", { exact: true }).fill("Hello");
  await caller.getByRole("button", { name: "Send" }).click();
  await caller.locator("li", { hasText: "Hello" }).waitFor();
  await agent.getByRole("button", { name: "Accept" }).click();
  await agent.getByRole("button", { name: "End and wrap up" }).click();
  await agent.getByRole("button", { name: "Complete" }).click();
  await agent.getByText("Nothing waits for you").waitFor();
  await trip.picture(caller, "10-messages");

  await agent.getByRole("button", { name: "Settings of" }).click();
  await trip.picture(agent, "11-settings");
  await agent.getByRole("menuitem", { name: "Log out" }).click();
  await agent.getByLabel("Password").waitFor();
});
