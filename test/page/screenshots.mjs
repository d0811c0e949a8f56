import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, visitor } from "./browser.mjs";

const entries = [
  "First! Rolled out with one kubectl apply.",
  "留言板，您好！从杭州来看看。",
  "Greetings from a pod that was evicted twice and came back both times.",
  "Is there a <b>bold</b> way to say hello? No, and that is the point.",
  "Bonjour, ¡hola!, مرحبا بكم, こんにちは 👋",
  "Commas, quotes “and” 'all', and an emoji or two 🎉🚀 survive the trip to Redis and back.",
];

const shots = [
  { file: "page-light.png", colorScheme: "light", viewport: { width: 760, height: 600 } },
  { file: "page-dark.png", colorScheme: "dark", viewport: { width: 760, height: 600 } },
  { file: "page-phone.png", colorScheme: "light", viewport: { width: 390, height: 600 } },
];

/**
 * Takes the screenshots of the README.
 *
 * @param {string} url of an empty guestbook
 * @param {string} folder
 */
export async function takeScreenshots(url, folder) {
  mkdirSync(folder, { recursive: true });
  for (const value of entries) {
    const body = new URLSearchParams({ value });
    const { ok } = await fetch(new URL("guestbook.php?cmd=append&key=messages", url), { method: "POST", body });
    if (!ok) throw new Error(`${value}: not saved`);
  }
  const browser = await launch();
  for (const { file, colorScheme, viewport } of shots) {
    const options = { colorScheme: /** @type {"light" | "dark"} */ (colorScheme), viewport };
    const { page, close } = await visitor(browser, url, options);
    await page
      .locator("#entries li")
      .nth(entries.length - 1)
      .waitFor();
    await page.screenshot({ path: join(folder, file), animations: "disabled", fullPage: true });
    await close();
  }
  await browser.close();
}
