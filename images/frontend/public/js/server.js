// The page's requests to the server: see ../../src/commands.php.

const PATIENCE = 15_000;
const book = "key=messages";

/** A failed request, with the error that the server reported; empty if the server was not reached. */
export class Problem extends Error {
  /** @param {{ readonly code?: string, readonly error?: string }} answer */
  constructor(answer) {
    super(answer.error ?? "no answer");
    this.answer = answer;
  }
}

/** @type {string | null} */
let tag = null;

/**
 * Reads the guestbook. The browser revalidates its copy, so that the server only sends changes.
 *
 * @returns {Promise<string | undefined>} undefined if it has not changed since the last read
 */
export async function read() {
  const response = await ask(`guestbook.php?cmd=get&${book}`, { cache: "no-cache" });
  const current = response.headers.get("ETag");
  if (current !== null && current === tag) {
    await response.body?.cancel();
    return undefined;
  }
  const { data } = await json(response);
  tag = current;
  return data;
}

/**
 * Adds an entry.
 *
 * @param {string} text
 * @returns {Promise<number>} the length of the guestbook with the entry, in bytes
 */
export async function append(text) {
  const body = new URLSearchParams({ value: text });
  const { length } = await json(await ask(`guestbook.php?cmd=append&${book}`, { method: "POST", body }));
  return length;
}

/**
 * @param {string} address
 * @param {RequestInit} options
 * @returns {Promise<Response>}
 */
async function ask(address, options) {
  const response = await reached(fetch(address, { ...options, signal: AbortSignal.timeout(PATIENCE) }));
  if (response.ok) return response;
  const answer = await response.json().catch(() => undefined);
  throw new Problem(typeof answer?.code === "string" ? answer : { code: "http", error: `status ${response.status}.` });
}

/**
 * @param {Response} response
 * @returns {Promise<any>}
 */
function json(response) {
  return reached(response.json());
}

/**
 * @template T
 * @param {Promise<T>} answer
 * @returns {Promise<T>}
 */
async function reached(answer) {
  try {
    return await answer;
  } catch {
    throw new Problem({});
  }
}
