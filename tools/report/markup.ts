import { visibleLines } from "./style.ts";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Literal text for an element or a quoted attribute in XML or HTML. Characters that XML 1.0 cannot represent, such as
 * control characters, lone surrogates, U+FFFE and U+FFFF, are shown as `\u{…}`.
 * https://www.w3.org/TR/xml/#charsets
 */
export function escapeMarkup(text: string): string {
  return visibleLines(text)
    .replace(/[\ufffe\uffff]/g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
