import type { Report } from "./report.ts";
import { unsafe } from "./style.ts";

/** The report as JSON, for other programs. Its JSON Schema is `report.schema.json`, next to this file. */
export function json(report: Report): string {
  return printed(report);
}

/** Indented JSON. Characters that could harm a terminal are escaped, which JSON allows in every string. */
export function printed(value: unknown): string {
  const lines = JSON.stringify(value, null, 2).split("\n");
  return `${lines.map((line) => line.replace(unsafe, escaped)).join("\n")}\n`;
}

/** As an escape for each UTF-16 code unit, as JSON requires. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
