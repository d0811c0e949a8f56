// Handles the visitor's actions, and shows what other visitors wrote.
import { believed, emptyBook, received, saved, shown } from "./book.js";
import { show } from "./list.js";
import { delay } from "./pace.js";
import { append, Problem, read } from "./server.js";
import { howMany, news, unsaved } from "./words.js";

const PORTION = 50;

const form = /** @type {HTMLFormElement} */ (document.querySelector("form"));
const field = /** @type {HTMLTextAreaElement} */ (document.querySelector("#entry"));
const list = /** @type {HTMLOListElement} */ (document.querySelector("#entries"));
const older = /** @type {HTMLButtonElement} */ (document.querySelector("#older"));
/** @param {string} id */
const line = (id) => /** @type {HTMLElement} */ (document.querySelector(id));

let book = emptyBook;
let most = PORTION;
let failures = 0;
let quiet = 0;
let known = -1;
let sending = false;
let reading = false;
/** @type {number | undefined} */
let timer;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
field.addEventListener("input", () => {
  if (field.hasAttribute("aria-invalid")) tell("", "");
});
older.addEventListener("click", () => {
  const next = list.children.length;
  most += PORTION;
  draw();
  const item = /** @type {HTMLElement | undefined} */ (list.children[next]);
  if (item) item.tabIndex = -1;
  item?.focus();
});
document.addEventListener("visibilitychange", () => (document.hidden ? schedule() : refresh()));
window.addEventListener("online", () => refresh());
refresh();

/** Saves the text in the field. Nothing else clears the field. */
async function send() {
  if (sending) return;
  const text = field.value.trim();
  if (text === "") return fail(unsaved({ code: "empty" }));
  sending = true;
  form.setAttribute("aria-busy", "true");
  tell("Saving…", "");
  try {
    const length = await append(text);
    book = saved(book, text, length, Date.now());
    if (field.value.trim() === text) field.value = "";
    if (known >= 0) known++;
    quiet = 0;
    draw();
    tell("Saved. Thank you!", "good");
    field.focus();
  } catch (error) {
    fail(unsaved(error instanceof Problem ? error.answer : {}));
  } finally {
    sending = false;
    form.removeAttribute("aria-busy");
    refresh();
  }
}

/** @param {string} sentence */
function fail(sentence) {
  tell(sentence, "bad");
  field.focus();
}

/**
 * Shows what happened to an entry, on screen and to screen readers.
 *
 * @param {string} sentence
 * @param {"" | "good" | "bad"} mood
 */
function tell(sentence, mood) {
  const message = line("#message");
  message.textContent = sentence;
  message.dataset.mood = mood;
  if (mood === "bad") field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

/** Reads once, and schedules the next read. If a read is already in progress, it does nothing. */
async function refresh() {
  clearTimeout(timer);
  if (reading) return;
  reading = true;
  try {
    const data = await read();
    quiet = data === undefined ? quiet + 1 : 0;
    book = data === undefined ? believed(book, Date.now()) : received(book, data, Date.now());
    failures = 0;
    draw();
    announce();
  } catch {
    failures++;
  }
  reading = false;
  state();
  schedule();
}

function schedule() {
  clearTimeout(timer);
  timer = setTimeout(refresh, delay({ failures, quiet, hidden: document.hidden }, Math.random()));
}

function draw() {
  const entries = shown(book);
  show(list, entries, most);
  older.hidden = entries.length <= most;
  write(line("#count"), howMany(entries.length));
}

/** Announces the number of new entries by others since the page was opened, or since the last announcement. */
function announce() {
  const count = shown(book).length;
  if (known >= 0 && count > known) line("#news").textContent = news(count - known);
  known = count;
}

function state() {
  const trouble = failures > 0;
  write(line("#state"), trouble ? "The guestbook cannot be read at the moment. Trying again…" : "");
}

/**
 * Sets a text only if it changes: screen readers would read it again.
 *
 * @param {HTMLElement} node
 * @param {string} text
 */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
