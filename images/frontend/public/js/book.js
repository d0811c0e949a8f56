// The state of the page. Reads and writes use different Redis instances, so the next read may not contain a visitor's own entry
// yet. Until a read contains it, or it has had enough time, the page shows it anyway.
import { entriesOf } from "./entries.js";

/**
 * @typedef {object} Own an entry that this page saved
 * @property {string} text
 * @property {number} length of the guestbook with the entry, in bytes
 * @property {number} until the time until which it is shown without having been read, in milliseconds
 */

/**
 * @typedef {object} Book
 * @property {readonly string[]} read the entries of the last read, oldest first
 * @property {readonly Own[]} own the saved entries that no read has contained yet
 */

/** @type {Book} */
export const emptyBook = { read: [], own: [] };

const PATIENCE = 10_000;
const bytes = new TextEncoder();

/**
 * The book after this page saved an entry.
 *
 * @param {Book} book
 * @param {string} text
 * @param {number} length from the response to `cmd=append`
 * @param {number} now
 * @returns {Book}
 */
export function saved(book, text, length, now) {
  return { ...book, own: [...book.own, { text, length, until: now + PATIENCE }] };
}

/**
 * The book after a read.
 *
 * @param {Book} book
 * @param {string} data from the response to `cmd=get`
 * @param {number} now
 * @returns {Book}
 */
export function received(book, data, now) {
  const read = entriesOf(data);
  if (book.own.length === 0) return { read, own: [] };
  const length = bytes.encode(data).length;
  return { read, own: book.own.filter((one) => one.length > length && one.until > now) };
}

/**
 * The book at a time, without own entries that no read has contained for too long: something has overwritten them.
 *
 * @param {Book} book
 * @param {number} now
 * @returns {Book}
 */
export function believed(book, now) {
  const own = book.own.filter(({ until }) => until > now);
  return own.length === book.own.length ? book : { ...book, own };
}

/**
 * All entries to show, oldest first.
 *
 * @param {Book} book
 * @returns {readonly string[]}
 */
export function shown({ read, own }) {
  return own.length === 0 ? read : [...read, ...own.map(({ text }) => text)];
}
