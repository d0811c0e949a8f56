// What the page knows. Reads come from another Redis than writes go to, so a visitor's own entry may be missing from a read
// that comes after it: until it is there, or has had time enough, it is shown as if it were.
import { entriesOf } from "./entries.js";

/**
 * @typedef {object} Own an entry that this page saved
 * @property {string} text
 * @property {number} length of the guestbook in bytes once the entry was in it
 * @property {number} until when it is believed without having been read, in milliseconds
 */

/**
 * @typedef {object} Book
 * @property {readonly string[]} read the entries of the last read, oldest first
 * @property {readonly Own[]} own those that no read has shown yet
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
 * @param {number} length as the answer to `cmd=append` has it
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
 * @param {string} data as `cmd=get` has it
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
 * The book at a time: own entries that no read has shown for too long are gone, whoever wrote over them.
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
 * All that there is to show, oldest first.
 *
 * @param {Book} book
 * @returns {readonly string[]}
 */
export function shown({ read, own }) {
  return own.length === 0 ? read : [...read, ...own.map(({ text }) => text)];
}
