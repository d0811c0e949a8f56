// All messages that the page shows while it runs.

/**
 * What went wrong with an entry, and what to do. Unless the server says otherwise, the entry may have been saved.
 *
 * @param {{ readonly code?: string, readonly error?: string }} problem the server's error; empty if it was not reached
 * @returns {string}
 */
export function unsaved({ code, error }) {
  if (code === undefined)
    return "The guestbook cannot be reached. Your text is still here; check below if it arrived before you send it again.";
  if (code === "redis-silent")
    return "The guestbook did not answer in time. Your text is still here; check below if it arrived before you send it again.";
  if (code === "redis-away")
    return "Not saved: the guestbook cannot save entries at the moment. Your text is still here; try again later.";
  if (code === "empty") return "Write something first.";
  return `Not saved: ${error ?? "the server gave no reason."}`;
}

/**
 * @param {number} count
 * @returns {string}
 */
export function howMany(count) {
  if (count === 0) return "Nobody has written yet. Be the first!";
  return count === 1 ? "1 entry" : `${count.toLocaleString("en")} entries`;
}

/**
 * @param {number} count
 * @returns {string}
 */
export function news(count) {
  return count === 1 ? "1 new entry" : `${count.toLocaleString("en")} new entries`;
}
