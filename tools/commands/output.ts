import { UserError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { type Format, isFormat, reporters } from "../report/index.ts";
import type { Report } from "../report/report.ts";
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
  const places = parsed.map(({ file }) => file ?? "standard output");
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  if (twice !== undefined)
    throw new UserError(`two reports go to ${twice}: give one of them a file, -o json=report.json`);
  return parsed;
}

/** Lays the report out in every format that was asked for. Files are written first: their failure is an error. */
export function write(report: Report, outputs: readonly Output[], failed: boolean, io: Io): void {
  const made = outputs.map(({ format, file }) => {
    const colours = file === undefined && io.colours;
    return { path: file, content: reporters[format](report, { colours, failed }) };
  });
  writeFiles(made.flatMap(({ path, content }) => (path === undefined ? [] : [{ path, content }])));
  for (const { path, content } of made) if (path === undefined) io.out(content);
}
