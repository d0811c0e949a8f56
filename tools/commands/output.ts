import { resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { type Format, isFormat, reporters } from "../report/index.ts";
import type { Report, ReportContext } from "../report/report.ts";
import { writeFiles } from "../system/disk.ts";
import type { Io } from "./command.ts";

/** All of them, for the help text. */
export const formats = Object.keys(reporters).join(", ");

/** A report to make: to a file, or to standard output. */
export interface Output {
  readonly format: Format;
  readonly file: string | undefined;
}

/** Reads `-o FORMAT[=FILE]`. @throws UserError for an unknown format, or two reports for one place. */
export function outputs(values: readonly string[]): Output[] {
  const parsed = (values.length > 0 ? values : ["pretty"]).map((value) => {
    const [format = "", file] = value.split(/=(.*)/s);
    if (!isFormat(format)) {
      const hint = didYouMean(format, Object.keys(reporters)) || `; known are ${formats}`;
      throw new UserError(`unknown format "${format}"${hint}`);
    }
    if (file === "") throw new UserError(`-o ${format}= names no file`);
    return { format, file };
  });
  const places = parsed.map(({ file }) => (file === undefined ? "standard output" : resolve(file)));
  const twice = places.findIndex((place, index) => places.indexOf(place) !== index);
  if (twice >= 0) {
    const place = parsed[twice]?.file ?? "standard output";
    throw new UserError(`two reports go to ${place}: give one of them a file of its own, -o json=report.json`);
  }
  return parsed;
}

/**
 * Lays the report out in every format that was asked for.
 *
 * @throws UserError when a file cannot be written, since somebody waits for it; all others are there then.
 */
export async function write(report: Report, outputs: readonly Output[], context: ReportContext, io: Io): Promise<void> {
  const failures: string[] = [];
  for (const { format, file } of outputs) {
    const reporter = await reporters[format]();
    const content = reporter(report, { ...context, colours: file === undefined && context.colours });
    if (file === undefined) io.out(content);
    else failures.push(...tryWrite(file, content));
  }
  if (failures.length > 0) throw new UserError(failures.join("\n"));
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
