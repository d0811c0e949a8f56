import { join } from "node:path";
import { errorsOf } from "../config/schema-errors.ts";
import { UserError } from "../core/errors.ts";
import validateDiff from "../diff/diff.schema.json?validate";
import type { DiffReport } from "../diff/report.ts";
import validateCheck from "../report/report.schema.json?validate";
import type { Report } from "../report/report.ts";
import { listFolder, readBytes, TooLarge } from "../system/disk.ts";

/** The result of a run on a pull request. It is untrusted: a stranger may have created it. */
export interface Artifact {
  /** The number of the pull request. */
  readonly number: number;
  /** Undefined if the gate could not run. */
  readonly check: Report | undefined;
  /** Undefined if the two revisions could not be compared. */
  readonly diff: DiffReport | undefined;
}

/** Maximum sizes in bytes: a report with one finding in each of ten thousand overlays has a fifth of that. */
const largest = { json: 32 * 1024 * 1024, number: 32 };

/**
 * Reads the folder created by .github/scripts/gate.sh. Only the reports are read, as data that must match their schemas; other
 * files are ignored.
 *
 * @throws UserError if a file is not a regular file, is too large, or has invalid content
 */
export function readArtifact(folder: string): Artifact {
  const files = new Map(listFolder(folder).map((entry) => [entry.name, entry]));
  const read = (name: string, maximum: number): string | undefined => {
    const entry = files.get(name);
    if (entry === undefined) return undefined;
    if (entry.link || entry.kind !== "file") throw new UserError(`${name} in the artifact is not a regular file`);
    return textOf(join(folder, name), maximum);
  };
  return {
    number: numberIn(read("pull-request", largest.number)),
    check: reportIn("check.json", read("check.json", largest.json), validateCheck) as Report | undefined,
    diff: reportIn("diff.json", read("diff.json", largest.json), validateDiff) as DiffReport | undefined,
  };
}

function textOf(path: string, maximum: number): string {
  try {
    return readBytes(path, maximum).toString("utf8");
  } catch (error) {
    if (error instanceof TooLarge)
      throw new UserError(`${error.message}, more than a report may have`, { cause: error });
    throw error;
  }
}

function numberIn(text: string | undefined): number {
  if (text === undefined || !/^[1-9]\d{0,9}\n?$/.test(text))
    throw new UserError("the artifact does not name its pull request");
  return Number(text);
}

function reportIn(name: string, text: string | undefined, validate: typeof validateCheck): unknown {
  if (text === undefined) return undefined;
  const value = parsed(`${name} in the artifact`, text);
  if (validate(value)) return value;
  const [error] = errorsOf(validate);
  throw new UserError(`${name} in the artifact is not a valid report: ${error?.pointer || "/"}: ${error?.message}`);
}

/** Parses JSON. @param name how errors name the text @throws UserError if it is not JSON */
export function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${name} is not JSON`, { cause: error });
  }
}
