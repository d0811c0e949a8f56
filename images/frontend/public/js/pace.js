// When to poll again. A read without news is cheap for the server (304), a hidden page should cost next to nothing, and a server in
// trouble needs time.

/**
 * @typedef {object} Situation
 * @property {number} failures consecutive reads that failed
 * @property {number} quiet consecutive reads without news
 * @property {boolean} hidden whether the page is hidden
 */

const SECOND = 1000;
const LIVELY = 2 * SECOND;
const QUIET = 5 * SECOND;
const SLOWEST = 60 * SECOND;

/**
 * The milliseconds until the next read. Each failure doubles them; a random fifth spreads the reads of many visitors.
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
