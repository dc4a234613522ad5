// A call through an agent's hands: hold, a page that is loaded anew, a warm and a cold transfer, and wrap-up.
//
// PATCHBOARD_URL names a running server in development mode, AGENTS its agents as JSON, CHROMIUM the browser.
// With SCREENSHOTS, pictures of every stage are kept in that folder.
import { handOn, hears, travel } from "./browser.mjs";

const [ANN, BOB] = JSON.parse(process.env.AGENTS);

await travel(async (trip) => {
  let ann = await trip.seat(ANN);
  const customer = await trip.open("/phone");
  await customer.getByRole("button", { name: "Call", exact: true }).click();
  await ann.getByRole("button", { name: "Accept" }).click();
  await ann.getByRole("button", { name: "Hang up" }).waitFor();
  await Promise.all([hears(ann), hears(customer)]);

  await ann.getByRole("button", { name: "Hold" }).click();
  await ann.getByText("On hold").waitFor();
  await trip.picture(ann, "call-1-hold");
  await ann.getByRole("button", { name: "Resume" }).click();
  await ann.getByText("On hold").waitFor({ state: "hidden" });

  await ann.reload();
  await ann.getByRole("button", { name: "Hang up" }).waitFor();
  await ann.getByText("Phone ready").waitFor();
  await Promise.all([hears(ann), hears(customer)]);
  await trip.picture(ann, "call-2-reloaded");
  ann = await trip.reopen(ann);
  await ann.getByRole("button", { name: "Hang up" }).waitFor();
  await Promise.all([hears(ann), hears(customer)]);

  const bob = await trip.seat(BOB);
  await handOn(ann, BOB.login, "Consult first");
  await bob.getByRole("button", { name: "Accept" }).click();
  await bob.getByRole("button", { name: "Hang up" }).waitFor();
  await Promise.all([hears(ann), hears(bob)]);
  await ann.getByRole("button", { name: "Leave the call to them" }).waitFor();
  await trip.picture(ann, "call-3-consult");
  await ann.getByRole("button", { name: "Leave the call to them" }).click();
  await ann.getByLabel("Note", { exact: true }).waitFor();
  await Promise.all([hears(bob), hears(customer)]);
  await ann.getByRole("button", { name: "Complete" }).click();
  await ann.getByText("Nothing waits for you").waitFor();

  await handOn(bob, ANN.login, "Hand over");
  await ann.getByRole("button", { name: "Accept" }).click();
  await ann.getByRole("button", { name: "Hang up" }).waitFor();
  await ann.getByText("On hold").waitFor({ state: "hidden" });
  await Promise.all([hears(ann), hears(customer)]);
  await ann.getByRole("button", { name: "Hang up" }).click();
  await customer.getByRole("button", { name: "Call", exact: true }).waitFor();
  for (const page of [ann, bob]) {
    await page.getByRole("button", { name: "Complete" }).click();
    await page.getByText("Nothing waits for you").waitFor();
  }
});
