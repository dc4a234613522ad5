// The two addresses.

import assert from "node:assert/strict";
import { test } from "node:test";

import { serverOptions } from "../index.js";

test("both addresses lead to the bridge, the socket by its own scheme", () => {
  assert.deepEqual(serverOptions("http://127.0.0.1:8080"), {
    ebServer: "http://127.0.0.1:8080/event-bridge/v1/wschannels",
    wsServer: "ws://127.0.0.1:8080/event-bridge/v1/wschannels",
  });
  assert.equal(serverOptions("https://calls.example/").wsServer, "wss://calls.example/event-bridge/v1/wschannels");
});
