// A visitor's browser: Chromium on the pages of the server. Commands come in by lines of JSON on standard input
// (`{"do": "open", …}`), answers go out by lines on standard output. Selectors reach into the widget's shadow tree.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { chromium } = createRequire(`${process.cwd()}/package.json`)("playwright-core");

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const WAIT = { timeout: 15_000 };

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });
const pages = new Map();
let context;

const commands = {
  /** Opens a page; a tab shares its storage with those opened before. */
  async open({ tab, url, width = 1000, height = 760, dark = false, fresh = false }) {
    if (fresh || !context) {
      context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light" });
    }
    const page = await context.newPage();
    page.dialogs = 0;
    page.on("dialog", (dialog) => {
      page.dialogs += 1;
      dialog.dismiss();
    });
    pages.set(tab, page);
    await page.goto(url);
  },
  fill: ({ tab, selector, value }) => pages.get(tab).fill(selector, value, WAIT),
  click: ({ tab, selector }) => pages.get(tab).click(selector, WAIT),
  press: ({ tab, keys }) => pages.get(tab).keyboard.press(keys),
  sees: ({ tab, selector, text }) => pages.get(tab).locator(selector, { hasText: text }).first().waitFor(WAIT),
  texts: ({ tab, selector }) => pages.get(tab).locator(selector).allInnerTexts(),
  count: ({ tab, selector }) => pages.get(tab).locator(selector).count(),
  focus: ({ tab }) =>
    pages.get(tab).evaluate(() => {
      const deep = (root) => (root.activeElement?.shadowRoot ? deep(root.activeElement.shadowRoot) : root.activeElement);
      const at = deep(document);
      return at?.name || at?.getAttribute("aria-label") || at?.tagName;
    }),
  attach: ({ tab, name, type, base64 }) =>
    pages.get(tab).setInputFiles("patchboard-chat input[type=file]", {
      name,
      mimeType: type,
      buffer: Buffer.from(base64, "base64"),
    }),
  offline: ({ is_offline }) => context.setOffline(is_offline),
  dialogs: ({ tab }) => pages.get(tab).dialogs,
  screenshot: ({ tab, path }) => pages.get(tab).screenshot({ path }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    const answer = await commands[command.do](command);
    process.stdout.write(`${JSON.stringify({ answer: answer ?? null })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`);
  }
}
await browser.close();
