import { relative } from "node:path";
import { readText } from "../../config/files.ts";
import { positionOf } from "../../parse/position.ts";
import { parseWaivers } from "../../policy/parse-waivers.ts";
import type { WaiverFile } from "./file.ts";

/**
 * Reads waivers.
 *
 * @param file its path in reports.
 * @throws UserError if it cannot be read or is not a list of waivers.
 */
export function readWaivers(path: string, file: string): WaiverFile {
  const text = readText(path);
  const waivers = parseWaivers(text, relative(process.cwd(), path));
  const places = waivers.map((_, index) => positionOf(text, 0, `/${index}`) ?? { line: 1, column: 1 });
  return { waivers, file, places };
}
