import { join } from "node:path";
import { errorsOf } from "../config/schema-errors.ts";
import { UserError } from "../core/errors.ts";
import validateDiff from "../diff/diff.schema.json?validate";
import type { DiffReport } from "../diff/report.ts";
import validateCheck from "../report/report.schema.json?validate";
import type { Report } from "../report/report.ts";
import { listFolder, readBytes, TooLarge } from "../system/disk.ts";

/** What a run on a pull request left, as it says itself: a stranger may have made it. */
export interface Artifact {
  /** The pull request that the run was about. */
  readonly number: number;
  /** Undefined where the gate could not run. */
  readonly check: Report | undefined;
  /** Undefined where the two revisions could not be compared. */
  readonly diff: DiffReport | undefined;
}

/** Bytes: ten thousand overlays with a finding each have a fifth of it. */
const largest = { json: 32 * 1024 * 1024, number: 32 };

/**
 * Reads the folder that .github/scripts/gate.sh made. Only the reports are read, as data that must have the form of its
 * schema; whatever else is there is left alone.
 *
 * @throws UserError when something that is read is no plain file, too large, or not what it should be.
 */
export function readArtifact(folder: string): Artifact {
  const files = new Map(listFolder(folder).map((entry) => [entry.name, entry]));
  const read = (name: string, maximum: number): string | undefined => {
    const entry = files.get(name);
    if (entry === undefined) return undefined;
    if (entry.link || entry.kind !== "file") throw new UserError(`${name} of the artifact is no plain file`);
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
    if (error instanceof TooLarge) throw new UserError(`${error.message}, which no report has`, { cause: error });
    throw error;
  }
}

function numberIn(text: string | undefined): number {
  if (text === undefined || !/^[1-9]\d{0,9}\n?$/.test(text))
    throw new UserError("the artifact does not say which pull request it is of");
  return Number(text);
}

function reportIn(name: string, text: string | undefined, validate: typeof validateCheck): unknown {
  if (text === undefined) return undefined;
  const value = parsed(`${name} of the artifact`, text);
  if (validate(value)) return value;
  const [error] = errorsOf(validate);
  throw new UserError(`${name} of the artifact is no report: ${error?.pointer || "/"}: ${error?.message}`);
}

/** @param name of what the text is of, as the error has it. @throws UserError */
export function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${name} is not JSON`, { cause: error });
  }
}
