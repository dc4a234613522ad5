// An agent's browser: Chromium with the unmodified voice SDK in a page. Commands come in by lines of JSON on standard
// input (`{"do": "register", …}`), answers and events go out by lines on standard output.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

const FILES = {
  "/": ["page.html", "text/html"],
  "/agent-page.js": ["agent-page.js", "text/javascript"],
  "/twilio.js": ["../node_modules/@twilio/voice-sdk/dist/twilio.js", "text/javascript"],
};

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--ignore-certificate-errors",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
];

/** As in a network that lets no UDP pass: the page never hears of the other side's addresses for it. */
function forgetUdp() {
  const told = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    const lines = sdp.split("\r\n").filter((line) => !/^a=candidate:.* udp /i.test(line));
    return told.call(this, { type, sdp: lines.join("\r\n") });
  };
}

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const pages = createServer(async (request, response) => {
  const [file, type] = FILES[request.url] ?? [];
  response.statusCode = file ? 200 : 404;
  response.setHeader("content-type", type ?? "text/plain");
  response.end(file ? await readFile(new URL(file, import.meta.url)) : "");
});
await new Promise((listening) => pages.listen(0, "127.0.0.1", listening));

const microphone = process.env.MICROPHONE ? [`--use-file-for-fake-audio-capture=${process.env.MICROPHONE}`] : [];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [...FLAGS, ...microphone],
});
const page = await browser.newPage();
if (process.env.ONLY_TCP) await page.addInitScript(forgetUdp);
await page.exposeFunction("tell", say);
await page.goto(`http://localhost:${pages.address().port}/`);
say({ event: "ready" });

for await (const line of createInterface({ input: process.stdin })) {
  try {
    const answer = await page.evaluate((command) => window.perform(command), JSON.parse(line));
    say({ answer });
  } catch (error) {
    say({ answer: null, error: String(error) });
  }
}
await browser.close();
pages.close();
