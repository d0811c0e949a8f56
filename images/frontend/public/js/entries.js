// A guestbook is one string with a comma before each entry: ../../src/commands.php says why, and writes it.

/** After a comma: that comma is the entry's own. */
const OWN = "\u2063";

/**
 * The entries of a guestbook, oldest first. The document's page keeps an empty one at the start; nobody wrote that.
 *
 * @param {string} data as `cmd=get` has it
 * @returns {string[]}
 */
export function entriesOf(data) {
  return data
    .split(/,(?!\u2063)/)
    .map((entry) => entry.replaceAll(`,${OWN}`, ","))
    .filter((entry) => entry.trim() !== "");
}

/**
 * The beginning of a long entry, for a list that has many; `undefined` where the entry is short enough to be shown whole.
 *
 * @param {string} entry
 * @param {number} longest in characters, as a reader counts them: nothing is cut in two
 * @returns {string | undefined}
 */
export function beginning(entry, longest = 600) {
  // Ten times as much is looked at, because a character can be many units long; the rest is not taken apart for nothing.
  const characters = [...new Intl.Segmenter().segment(entry.slice(0, longest * 10))];
  const cut = characters[longest]?.index;
  if (cut !== undefined) return entry.slice(0, cut).trimEnd();
  return entry.length > longest * 10 ? entry.slice(0, characters.at(-1)?.index).trimEnd() : undefined;
}
