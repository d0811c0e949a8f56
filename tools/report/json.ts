import type { Report } from "./report.ts";
import { unsafe } from "./style.ts";

/**
 * The report as it stands, indented: other programs read it. What could harm a terminal is escaped, which JSON allows in
 * every string.
 */
export function json(report: Report): string {
  const lines = JSON.stringify(report, null, 2).split("\n");
  return `${lines.map((line) => line.replace(unsafe, escaped)).join("\n")}\n`;
}

/** In units of UTF-16, as JSON wants it. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
