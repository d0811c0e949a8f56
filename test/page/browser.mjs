import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

/** Debian's Chromium, or the path in CHROMIUM: nothing is downloaded. */
export const executable = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** @returns {string | undefined} how to install the browser, if it is missing */
export function missingBrowser() {
  if (existsSync(executable)) return undefined;
  return `Chromium is missing: ${executable} does not exist; apt-get install chromium, or set CHROMIUM=/path/to/chromium`;
}

export function launch() {
  return chromium.launch({ executablePath: executable, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/**
 * Opens the page as a visitor: in a browser window that shares nothing with others. It records policy violations, script
 * errors and dialogs in `trouble`.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export async function visitor(browser, url, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(60_000);
  /** @type {string[]} */
  const trouble = [];
  await context.exposeFunction("reportViolation", (/** @type {string} */ text) => trouble.push(text));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile }) => {
      // @ts-expect-error: exposed above.
      window.reportViolation(`policy: ${effectiveDirective} refuses ${blockedURI} of ${sourceFile}`);
    });
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => trouble.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await page.goto(url);
  // The counter loses its "…" after the first read.
  await page.waitForFunction(() => !document.querySelector("#count")?.textContent?.endsWith("…"));
  return { page, trouble, close: () => context.close() };
}

/** @typedef {Awaited<ReturnType<typeof visitor>>} Visitor */
