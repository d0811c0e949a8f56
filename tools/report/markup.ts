import { visibleLines } from "./style.ts";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text that stands for itself in an element and in a quoted attribute, of XML and of HTML. What XML 1.0 has no way to
 * write, control characters and halves of a character among it, is shown as `\u{…}`; so are U+FFFE and U+FFFF.
 * https://www.w3.org/TR/xml/#charsets
 */
export function escapeMarkup(text: string): string {
  return visibleLines(text)
    .replace(/[\ufffe\uffff]/g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
