// When to ask again. A read that brought nothing new costs the server little (304), a page that nobody looks at should cost it nothing,
// and a server in trouble gets time.

/**
 * @typedef {object} Situation
 * @property {number} failures reads that failed, one after the other
 * @property {number} quiet reads that brought nothing new, one after the other
 * @property {boolean} hidden nobody looks at the page
 */

const SECOND = 1000;
const LIVELY = 2 * SECOND;
const QUIET = 5 * SECOND;
const SLOWEST = 60 * SECOND;

/**
 * Milliseconds until the next read. Failures double it; a random fifth keeps the pages of many visitors apart.
 *
 * @param {Situation} situation
 * @param {number} random from 0 to 1
 * @returns {number}
 */
export function delay({ failures, quiet, hidden }, random) {
  if (hidden) return SLOWEST;
  const usual = quiet < 30 ? LIVELY : QUIET;
  return Math.min(usual * 2 ** failures, SLOWEST) * (0.9 + 0.2 * random);
}
