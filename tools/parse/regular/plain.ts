import type { Json } from "../../core/json.ts";
import { resolvePlain } from "../scalar.ts";
import { type Cursor, colon, dash, hash, irregular, newline, space } from "./cursor.ts";

/** Characters that cannot start a plain scalar, or only under special rules. */
const indicators = new Uint8Array(128);
for (const char of "?,[]{}#&*!|>'\"%@`") indicators[char.charCodeAt(0)] = 1;

/**
 * Reads a scalar without quotes, and the lines further right that continue it.
 *
 * @param column of the collection that contains it.
 * @throws {@link irregular}
 */
export function readPlain(cursor: Cursor, column: number): Json {
  const first = cursor.text.charCodeAt(cursor.at);
  const isMark = (first === colon || first === dash) && cursor.isBlankAt(cursor.at + 1);
  if (isMark || indicators[first] === 1) throw irregular;
  const value = resolvePlain(lines(cursor, column));
  if (typeof value === "number" && !Number.isFinite(value)) throw irregular;
  return value;
}

function lines(cursor: Cursor, column: number): string {
  let text = line(cursor);
  while (mayContinue(cursor, column)) {
    const more = continuation(cursor, column);
    if (more === undefined) break;
    text += more;
  }
  return text;
}

/** Whether the next line may continue the scalar; a quick check, as it rarely does. */
function mayContinue({ text, at }: Cursor, column: number): boolean {
  if (text.charCodeAt(at) !== newline || text.charCodeAt(at + 1) === newline) return true;
  return text.charCodeAt(at + 1 + column) === space;
}

function line(cursor: Cursor): string {
  const text = cursor.text.slice(cursor.at, endOfLine(cursor));
  cursor.at += text.length;
  return text;
}

/** The end of the scalar's text on its line, without the blanks before a comment or the end of the line. */
function endOfLine(cursor: Cursor): number {
  const { text } = cursor;
  let end = cursor.at;
  for (let at = end; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === space) continue;
    if (char === newline || (char === hash && text.charCodeAt(at - 1) === space)) return end;
    if (char === colon && cursor.isBlankAt(at + 1)) throw irregular;
    end = at + 1;
  }
  return end;
}

/** The next line, if it continues the scalar, after what the line breaks before it stand for. */
function continuation(cursor: Cursor, column: number): string | undefined {
  const { text } = cursor;
  let breaks = 0;
  let start = cursor.at;
  let content = cursor.endOfSpaces(start);
  while (text.charCodeAt(content) === newline) {
    breaks++;
    start = content + 1;
    content = cursor.endOfSpaces(start);
  }
  if (breaks === 0 || content - start <= column || content >= text.length || text.charCodeAt(content) === hash) return;
  cursor.at = content;
  return (breaks === 1 ? " " : "\n".repeat(breaks - 1)) + line(cursor);
}
