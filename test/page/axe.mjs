import axe from "axe-core";

/**
 * What axe finds on a page, by all of its rules for WCAG 2.2 AA and its best practices.
 *
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>} a line for each
 */
export async function violationsOf(page) {
  // Colours that are on their way to others are judged by where they are.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}
