import { expect, test } from "vitest";

import { contactOf, type Task } from "./types.ts";

test.each([
  ["a visitor's identity says nothing, so the name that was given counts", guest("Ada"), "Ada"],
  ["a visitor who gave no name is the identity", guest("guest-1"), "guest-1"],
  ["a text of somebody unknown is its number", texted({}), "+15551230001"],
  [
    "an author's name for the customer counts more than the number",
    texted({ customerName: "Carol" }),
    "Carol",
  ],
  ["a caller is the number or what the flow says", { name: "Ann", from: "+15551230001" }, "Ann"],
  ["a caller from a browser is the login", { name: "client:ann" }, "ann"],
  ["attributes that say nothing of it", { name: 7 }, "Somebody"],
])("%s", (_, attributes, contact) => {
  expect(contactOf({ attributes: JSON.stringify(attributes) } as Task)).toBe(contact);
});

function guest(from: string) {
  return { from, name: "guest-1", customerName: "guest-1", customerAddress: "guest-1" };
}

function texted(given: Record<string, string>) {
  const number = "+15551230001";
  return { from: number, name: number, customerName: number, customerAddress: number, ...given };
}
