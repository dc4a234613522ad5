// What the journeys share: a browser whose pages' sockets can be cut, pictures of every stage, and what went wrong.
import assert from "node:assert/strict";

import { chromium } from "playwright-core";

const { PATCHBOARD_URL, CHROMIUM, SCREENSHOTS } = process.env;

/** How loud somebody must be to be heard. */
const HEARD = 0.1;

/** How long anything may take on a slow machine. */
export const PATIENCE_MS = 60_000;

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

/** Runs a journey in a browser of its own; a page's error fails it, and a failure shows every page. */
export async function travel(journey) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      "--autoplay-policy=no-user-gesture-required",
    ],
  });
  const trip = new Trip(browser);
  try {
    await journey(trip);
    assert.deepEqual(trip.problems, []);
  } catch (error) {
    for (const [at, page] of trip.pages.entries()) {
      console.error(page.url(), await page.locator("body").textContent(), await chatOf(page));
      if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/failed-${at}.png` });
    }
    console.error(trip.problems);
    throw error;
  } finally {
    await browser.close();
  }
}

/** What the chat of a page shows: the text of a page leaves it out. */
function chatOf(page) {
  return page.evaluate(
    () => document.querySelector("patchboard-chat")?.shadowRoot?.querySelector(".body").textContent,
  );
}

class Trip {
  /** What pages complained about. */
  problems = [];
  pages = [];
  #browser;

  constructor(browser) {
    this.#browser = browser;
  }

  /** Opens a page for somebody new, with cookies of their own. */
  async open(path) {
    const context = await this.#browser.newContext({ permissions: ["microphone"] });
    context.setDefaultTimeout(PATIENCE_MS);
    return this.#show(await context.newPage(), path);
  }

  /** Closes a page, and opens it again as the same person. */
  async reopen(page) {
    const context = page.context();
    this.pages = this.pages.filter((it) => it !== page);
    await page.close();
    return this.#show(await context.newPage(), "/");
  }

  async #show(page, path) {
    this.pages.push(page);
    await page.addInitScript(keepSockets);
    page.on("console", (message) => {
      if (message.type() === "error") this.problems.push(`${path}: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.problems.push(`${path}: ${error}`));
    page.on("dialog", (dialog) => {
      // Pages ask before they are left; whatever else opens a dialog was written by somebody and ran.
      if (dialog.type() !== "beforeunload") this.problems.push(`${path}: ${dialog.message()}`);
      void dialog.accept();
    });
    await page.goto(PATCHBOARD_URL + path);
    return page;
  }

  /** Opens the desktop of an agent who takes tasks. */
  async seat({ login, password }) {
    const page = await this.open("/");
    await page.getByLabel("Login").fill(login);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("Phone ready").waitFor();
    await choose(page, "Available");
    await page.getByText("Nothing waits for you").waitFor();
    return page;
  }

  /** Keeps a picture, light and dark. */
  async picture(page, name) {
    if (!SCREENSHOTS) return;
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${SCREENSHOTS}/${name}-${colorScheme}.png` });
    }
    await page.emulateMedia({ colorScheme: null });
  }
}

/** Chooses an activity. */
export async function choose(page, activity) {
  await page.getByRole("combobox", { name: "Activity" }).click();
  await page.getByRole("option", { name: activity, exact: true }).click();
}

/** Waits until a page's other side is loud enough to be heard. */
export async function hears(page) {
  const isLoud = (least) => {
    const meter = document.querySelector('meter[aria-label="They"]');
    return meter !== null && meter.value > least;
  };
  await page.waitForFunction(isLoud, HEARD, { timeout: PATIENCE_MS });
}

/** Hands the work that a page shows on to somebody. */
export async function handOn(page, name, button) {
  await page.getByRole("button", { name: "Transfer" }).click();
  await page.getByLabel("Search").fill(name);
  await page.getByRole("radio", { name }).check({ force: true });
  await page.getByRole("button", { name: button }).click();
}
