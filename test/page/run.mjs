// npm run test:page: checks the page in a real browser, a headless Chromium (Debian's, or the path in CHROMIUM).
//
//   GUESTBOOK_URL=http://… npm run test:page    uses a running guestbook, and writes entries to it
//   npm run test:page                           starts a guestbook on the loopback interface, from Debian packages
//   npm run test:page -- --screenshots          only takes the screenshots in docs/images again
import { parseArgs } from "node:util";
import { missingPackages, serverPackages } from "../app/packages.mjs";
import { startGuestbook } from "../app/servers.mjs";
import { missingBrowser } from "./browser.mjs";
import { checkPage } from "./page.mjs";
import { takeScreenshots } from "./screenshots.mjs";

const { values } = parseArgs({ options: { screenshots: { type: "boolean", default: false } } });
const given = values.screenshots ? undefined : process.env.GUESTBOOK_URL;

const missing = missingBrowser() ?? (given === undefined ? missingPackages(serverPackages) : undefined);
if (missing !== undefined) {
  console.error(`npm run test:page: ${missing}`);
  process.exit(2);
}
const book = given === undefined ? await startGuestbook() : undefined;
const url = given ?? book?.frontend.url ?? "";
try {
  if (values.screenshots) await takeScreenshots(url, "docs/images");
  else if ((await checkPage(url, (line) => console.log(line))) > 0) process.exitCode = 1;
} finally {
  await book?.stop();
}
