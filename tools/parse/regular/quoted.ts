import { type Cursor, irregular } from "./cursor.ts";

const doubleQuote = 0x22;
const singleQuote = 0x27;
const backslash = 0x5c;

/** Whether a character code is a single or double quote. */
export function isQuote(char: number): boolean {
  return char === doubleQuote || char === singleQuote;
}

/**
 * Reads a scalar in quotes.
 *
 * @param column of the collection that contains it; undefined for a key, which ends on its line.
 * @throws {@link irregular}
 */
export function readQuoted(cursor: Cursor, column?: number): string {
  const { text, at } = cursor;
  cursor.at = endOfQuoted(text, at);
  const written = text.slice(at + 1, cursor.at - 1);
  const line = written.includes("\n") ? folded(written, column) : written;
  if (text.charCodeAt(at) === singleQuote) return line.includes("'") ? line.replaceAll("''", "'") : line;
  return line.includes("\\") ? unescaped(line) : line;
}

/**
 * The offset after the closing quote.
 *
 * @throws {@link irregular} if it is missing.
 */
export function endOfQuoted(text: string, start: number): number {
  const quote = text.charCodeAt(start);
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === backslash && quote === doubleQuote) at++;
    else if (char === quote) {
      if (quote === doubleQuote || text.charCodeAt(at + 1) !== quote) return at + 1;
      at++;
    }
  }
  throw irregular;
}

/** Line breaks and the blanks around them. The lookbehind keeps the search linear in a long run of blanks. */
const lineBreaks = /(?<! ) *\n(?: *\n)*( *)/g;

/** Folds one break into a space, and n breaks into n - 1. Escaped breaks are left to the parser for all of YAML. */
function folded(text: string, column: number | undefined): string {
  return text.replace(lineBreaks, (breaks: string, indent: string, at: number) => {
    if (column === undefined || indent.length <= column || text[at - 1] === "\\") throw irregular;
    const count = breaks.split("\n").length - 1;
    return count === 1 ? " " : "\n".repeat(count - 1);
  });
}

const meanings: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", n: "\n", t: "\t", r: "\r" };

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => {
    const meaning = meanings[char];
    if (meaning === undefined) throw irregular;
    return meaning;
  });
}
