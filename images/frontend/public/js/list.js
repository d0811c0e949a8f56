// The entries on the page, newest first. Entries are only ever inserted as text.
import { beginning } from "./entries.js";

/**
 * Updates the list of entries. Existing items are kept, together with the focus and expanded texts.
 *
 * @param {HTMLOListElement} list
 * @param {readonly string[]} entries oldest first
 * @param {number} most the maximum number of entries to show
 */
export function show(list, entries, most) {
  const items = itemsOf(list);
  const wanted = newest(entries, most).map(({ number, text }) => items.get(`${number} ${text}`) ?? item(number, text));
  const stay = new Set(wanted);
  for (const node of [...list.children]) if (!stay.has(node)) node.remove();
  let place = list.firstElementChild;
  for (const node of wanted) {
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
  }
}

/**
 * @param {readonly string[]} entries
 * @param {number} most
 */
function newest(entries, most) {
  const first = Math.max(0, entries.length - most);
  return entries
    .slice(first)
    .map((text, index) => ({ number: first + index + 1, text }))
    .reverse();
}

/** @type {WeakMap<Element, string>} */
const keys = new WeakMap();

/** @param {HTMLOListElement} list */
function itemsOf(list) {
  return new Map([...list.children].map((node) => [keys.get(node) ?? "", node]));
}

/**
 * @param {number} number
 * @param {string} text
 */
function item(number, text) {
  const node = element("li", "entry");
  node.value = number;
  const paragraph = element("p", "text");
  paragraph.dir = "auto";
  const short = beginning(text);
  paragraph.textContent = short === undefined ? text : `${short}…`;
  node.append(paragraph);
  if (short !== undefined) node.append(more(paragraph, text));
  keys.set(node, `${number} ${text}`);
  return node;
}

/**
 * @param {HTMLElement} paragraph
 * @param {string} text
 */
function more(paragraph, text) {
  const button = element("button", "plain");
  button.type = "button";
  button.textContent = `Show all ${text.length.toLocaleString("en")} characters`;
  button.addEventListener("click", () => {
    paragraph.textContent = text;
    paragraph.tabIndex = -1;
    paragraph.focus();
    button.remove();
  });
  return button;
}

/**
 * @template {keyof HTMLElementTagNameMap} N
 * @param {N} name
 * @param {string} style
 */
function element(name, style) {
  const node = document.createElement(name);
  node.className = style;
  return node;
}
