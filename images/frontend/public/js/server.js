// What the page asks the server: see ../../src/commands.php.

const PATIENCE = 15_000;
const book = "key=messages";

/** An answer that is none: what the server says about it, and nothing where there was no server. */
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
 * The guestbook, or nothing where it is as it was when this was last asked. The browser asks for changes only.
 *
 * @returns {Promise<string | undefined>}
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
 * @returns {Promise<number>} the length of the guestbook with it, in bytes
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
