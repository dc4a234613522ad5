// A text becomes a conversation: two agents write with the customer, one after the other, and wrap up.
//
// PATCHBOARD_URL names a running server in development mode, AGENTS its agents as JSON, CHROMIUM the browser.
// With SCREENSHOTS, pictures of every stage are kept in that folder.
import { handOn, travel } from "./browser.mjs";

const [ANN, BOB] = JSON.parse(process.env.AGENTS);

await travel(async (trip) => {
  const ann = await trip.seat(ANN);
  const customer = await trip.open("/phone");
  await text(customer, "Where is my parcel?");

  await ann.getByRole("button", { name: "Accept" }).waitFor();
  await trip.picture(ann, "chat-1-offer");
  await ann.keyboard.press("Enter");
  await ann.getByRole("list", { name: "Messages" }).getByText("Where is my parcel?").waitFor();
  await ann.keyboard.press("/");
  await ann.keyboard.type("I look for it.\nPlease wait.".replace("\n", " "));
  await ann.keyboard.press("Enter");
  await customer.locator("li", { hasText: "I look for it." }).waitFor();
  await ann.getByTitle("Delivered").or(ann.getByTitle("Sent")).waitFor();
  await text(customer, "Thank you");
  await ann.getByRole("list", { name: "Messages" }).getByText("Thank you").waitFor();

  await ann.getByRole("button", { name: "Note for colleagues" }).click();
  await ann.getByLabel("Note for colleagues").last().waitFor();
  await ann.getByPlaceholder("Only colleagues see this").fill("Parcel 12 is in Graz");
  await ann.keyboard.press("Enter");
  await ann.getByText("Note of").waitFor();
  await trip.picture(ann, "chat-2-talking");
  await ann.keyboard.press("Escape");
  await ann.locator("body").press("?");
  await ann.getByRole("dialog", { name: "Keyboard" }).waitFor();
  await trip.picture(ann, "chat-3-help");
  await ann.keyboard.press("Escape");

  const bob = await trip.seat(BOB);
  await ann.getByRole("button", { name: "Transfer" }).click();
  await ann.getByRole("radio", { name: BOB.login }).waitFor();
  await trip.picture(ann, "chat-4-transfer");
  await ann.keyboard.press("Escape");
  await handOn(ann, BOB.login, "Hand over");
  await bob.getByRole("button", { name: "Accept" }).click();
  await bob.getByText("Parcel 12 is in Graz").waitFor();
  await ann.getByLabel("Note", { exact: true }).waitFor();
  await bob.getByPlaceholder("Write to the customer").fill("It comes tomorrow");
  await bob.keyboard.press("Enter");
  await customer.locator("li", { hasText: "It comes tomorrow" }).waitFor();

  await text(customer, "Good, bye");
  await bob.getByRole("list", { name: "Messages" }).getByText("Good, bye").waitFor();
  await bob.setViewportSize({ width: 390, height: 780 });
  await trip.picture(bob, "chat-5-narrow");
  await bob.getByRole("button", { name: "End and wrap up" }).click();
  await bob.getByText("Resolved").click();
  await bob.getByLabel("Note", { exact: true }).fill("Parcel found");
  await trip.picture(bob, "chat-6-wrap-up");
  for (const page of [ann, bob]) {
    await page.getByRole("button", { name: "Complete" }).click();
    await page.getByText("Nothing waits for you").waitFor();
  }
});

/** Writes as the customer. */
async function text(page, body) {
  await page.getByLabel("Message", { exact: true }).fill(body);
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("li", { hasText: body }).waitFor();
}
