import { launch } from "./browser.mjs";
import { checks } from "./checks.mjs";

/**
 * Runs all checks on the page of a running guestbook, in a headless Chromium.
 *
 * @param {string} url of the guestbook
 * @param {(line: string) => void} print
 * @returns {Promise<number>} how many checks failed
 */
export async function checkPage(url, print) {
  const browser = await launch();
  let failed = 0;
  try {
    for (const [name, check] of Object.entries(checks)) {
      const start = performance.now();
      const error = await check(browser, url).catch((thrown) => /** @type {Error} */ (thrown));
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      print(
        error ? `FAILED  ${name}\n${`${error.stack}`.replace(/^/gm, "        ")}` : `ok      ${name} (${seconds} s)`,
      );
      if (error) failed++;
    }
  } finally {
    await browser.close();
  }
  print(`${url}: ${Object.keys(checks).length - failed} passed, ${failed} failed`);
  return failed;
}
