import { type Cursor, irregular } from "./cursor.ts";

/**
 * Reads a block scalar that starts with `|`, `|-` or `|+`, and whose first line sets its indentation.
 *
 * @param column of the collection that contains it.
 * @throws {@link irregular}
 */
export function readLiteral(cursor: Cursor, column: number): string {
  const end = cursor.text.indexOf("\n", cursor.at);
  const header = cursor.text.slice(cursor.at, end);
  if (end < 0 || (header !== "|" && header !== "|-" && header !== "|+")) throw irregular;
  cursor.at = end + 1;
  const lines = linesOf(cursor, column);
  const last = lines.findLastIndex((line) => line !== "");
  if (last < 0) throw irregular;
  cursor.toContent();
  if (cursor.column > column) throw irregular;
  const kept = header === "|+" ? lines : lines.slice(0, last + 1);
  return header === "|-" ? kept.join("\n") : `${kept.join("\n")}\n`;
}

/** The lines without the indentation of the first; a blank line that is not longer than that is empty. */
function linesOf(cursor: Cursor, column: number): string[] {
  const { text } = cursor;
  const lines: string[] = [];
  let indent = 0;
  while (cursor.at < text.length) {
    const start = cursor.at;
    const content = cursor.endOfSpaces(start);
    const end = text.indexOf("\n", content);
    const isBlank = content === end || content === text.length;
    if (indent === 0 && !isBlank) indent = content - start;
    if (indent === 0 && content > start) throw irregular;
    if (!isBlank && content - start < Math.max(indent, column + 1)) break;
    if (end < 0) throw irregular;
    lines.push(content - start < indent ? "" : text.slice(start + indent, end));
    cursor.at = end + 1;
  }
  return lines;
}
