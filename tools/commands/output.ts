import { resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { writeFiles } from "../system/disk.ts";
import type { Io } from "./command.ts";

/** A report to write: to a file, or to standard output. */
export interface Output<Format extends string> {
  readonly format: Format;
  readonly file: string | undefined;
}

/** The flag `-o FORMAT[=FILE]` for commands with reports. @param reporters by format name */
export function outputFlag(reporters: Readonly<Record<string, unknown>>) {
  const help = Object.keys(reporters).join(", ");
  return { type: "string", short: "o", multiple: true, value: "FORMAT[=FILE]", help } as const;
}

/**
 * Reads `-o FORMAT[=FILE]`.
 *
 * @param reporters by format name
 * @param otherwise the default format
 * @throws UserError for an unknown format, or for two reports with the same destination
 */
export function outputs<Format extends string>(
  values: readonly string[],
  reporters: Readonly<Record<Format, unknown>>,
  otherwise: Format,
): Output<Format>[] {
  const known = Object.keys(reporters);
  const isFormat = (name: string): name is Format => known.includes(name);
  const parsed = (values.length > 0 ? values : [otherwise]).map((value) => {
    const [format = "", file] = value.split(/=(.*)/s);
    if (format === "") throw new UserError(`-o needs a format: use -o ${known[1]} or -o ${known[1]}=FILE`);
    if (!isFormat(format)) {
      const hint = didYouMean(format, known) || `; the formats are ${known.join(", ")}`;
      throw new UserError(`unknown format "${format}"${hint}`);
    }
    if (file === "") throw new UserError(`-o ${format}= needs a file`);
    return { format, file };
  });
  const places = parsed.map(({ file }) => (file === undefined ? "standard output" : resolve(file)));
  const twice = places.findIndex((place, index) => places.indexOf(place) !== index);
  if (twice >= 0) {
    const place = parsed[twice]?.file ?? "standard output";
    throw new UserError(`two reports go to ${place}: give one of them its own file, for example -o json=report.json`);
  }
  return parsed;
}

/**
 * Writes a report in every requested format.
 *
 * @param layOut formats the report; `isShown` means that it goes to standard output
 * @throws UserError if a file cannot be written; all other reports are written nevertheless
 */
export async function write<Format extends string>(
  outputs: readonly Output<Format>[],
  layOut: (format: Format, isShown: boolean) => Promise<string>,
  io: Io,
): Promise<void> {
  const failures: string[] = [];
  for (const { format, file } of outputs) {
    const content = await laidOut(format, () => layOut(format, file === undefined));
    if (file === undefined) io.out(content);
    else failures.push(...tryWrite(file, content));
  }
  if (failures.length > 0) throw new UserError(failures.join("\n"));
}

/** JavaScript strings are limited to half a gigabyte: some million findings. */
async function laidOut(format: string, layOut: () => Promise<string>): Promise<string> {
  try {
    return await layOut();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(`there are too many findings for a ${format} report: check fewer targets at once`);
  }
}

function tryWrite(path: string, content: string): string[] {
  try {
    writeFiles([{ path, content }]);
    return [];
  } catch (error) {
    if (error instanceof UserError) return [error.message];
    throw error;
  }
}
