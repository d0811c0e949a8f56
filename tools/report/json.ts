import type { Report } from "./report.ts";
import { unsafe } from "./style.ts";

/** The report as it stands: other programs read it. Its JSON Schema is `report.schema.json` beside this file. */
export function json(report: Report): string {
  return printed(report);
}

/** JSON, indented. What could harm a terminal is escaped, which JSON allows in every string. */
export function printed(value: unknown): string {
  const lines = JSON.stringify(value, null, 2).split("\n");
  return `${lines.map((line) => line.replace(unsafe, escaped)).join("\n")}\n`;
}

/** In units of UTF-16, as JSON wants it. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
