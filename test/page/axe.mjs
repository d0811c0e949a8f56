import axe from "axe-core";

/**
 * Checks a page with all of axe's rules for WCAG 2.2 AA and its best practices.
 *
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>} one line per violation
 */
export async function violationsOf(page) {
  // Axe reads the current colours, so wait for running transitions.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}
