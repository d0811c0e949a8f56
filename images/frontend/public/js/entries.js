// A guestbook is one string with a comma before each entry; ../../src/commands.php writes it, and explains why.

/** Follows a comma that is part of an entry. */
const OWN = "\u2063";

/**
 * The entries of a guestbook, oldest first, without the empty one that the document's page writes at the start.
 *
 * @param {string} data from the response to `cmd=get`
 * @returns {string[]}
 */
export function entriesOf(data) {
  return data
    .split(/,(?!\u2063)/)
    .map((entry) => entry.replaceAll(`,${OWN}`, ","))
    .filter((entry) => entry.trim() !== "");
}

/**
 * The beginning of a long entry, for the list; `undefined` if the entry is short enough to be shown completely.
 *
 * @param {string} entry
 * @param {number} longest the maximum number of characters as readers count them, so that no character is cut in two
 * @returns {string | undefined}
 */
export function beginning(entry, longest = 600) {
  // A character can have many code units, so ten times as many are segmented; segmenting the rest would be a waste.
  const characters = [...new Intl.Segmenter().segment(entry.slice(0, longest * 10))];
  const cut = characters[longest]?.index;
  if (cut !== undefined) return entry.slice(0, cut).trimEnd();
  return entry.length > longest * 10 ? entry.slice(0, characters.at(-1)?.index).trimEnd() : undefined;
}
