import { constants } from "node:os";
import { resolve } from "node:path";
import type { LocatedProblem } from "../core/resource.ts";
import { run } from "../system/process.ts";
import { type Kustomize, restricted } from "./kustomize.ts";
import { type KustomizeError, parseKustomizeError } from "./kustomize-error.ts";

/** The limits of one build. */
export interface Limits {
  /** Milliseconds. */
  readonly timeout: number;
  /** Bytes. */
  readonly maxOutput: number;
}

export const defaultLimits: Limits = { timeout: 60_000, maxOutput: 64 * 1024 * 1024 };

/** The output of kustomize, or why there is none. */
export type Built = { readonly text: string } | Unbuilt;

export interface Unbuilt {
  readonly problem: LocatedProblem;
  /** The message of kustomize; undefined if it was stopped or killed. */
  readonly said: KustomizeError | undefined;
}

/**
 * A build runs for a tenth of a second and takes 25 MB: less frequent garbage collection makes it 10% faster.
 * https://pkg.go.dev/runtime#hdr-Environment_Variables
 */
const quick = { GOGC: "400" };

/**
 * Runs kustomize on a folder.
 *
 * @param folder its absolute path.
 * @throws UserError if kustomize cannot be started.
 */
export async function build(kustomize: Kustomize, folder: string, cwd: string, limits: Limits): Promise<Built> {
  const [program, ...args] = kustomize.command;
  const result = await run(program, [...args, folder, "--load-restrictor", "LoadRestrictionsRootOnly"], {
    cwd,
    env: { ...restricted(process.env), ...quick },
    ...limits,
  });
  const name = `kustomize ${kustomize.version}`;
  if (result.limit !== undefined) return { problem: stopped(name, result.limit, limits), said: undefined };
  if (result.code === 0) return { text: result.stdout.toString("utf8") };
  const said = parseKustomizeError(result.stderr.replaceAll(`${resolve(cwd)}/`, ""));
  const signal = result.signal ?? signalBelow(result.code);
  const ended = signal ? `was killed by ${signal}` : `exited with status ${result.code} and no message`;
  const message = said.message === "" || signal ? `${name} ${ended}` : said.message;
  return { problem: { rule: "render/failed", pointer: "", message }, said: signal ? undefined : said };
}

/**
 * The signal that killed a program started by a script: the script exits with 128 plus the number of the signal.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_08_02
 */
function signalBelow(code: number | null): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => code === 128 + number)?.[0];
}

function stopped(name: string, limit: "timeout" | "output", limits: Limits): LocatedProblem {
  if (limit === "timeout") {
    const message = `${name} was stopped after ${limits.timeout / 1000} s`;
    return { rule: "render/timeout", pointer: "", message };
  }
  const message = `${name} was stopped: it printed more than ${limits.maxOutput / 1024 / 1024} MB`;
  return { rule: "render/output-limit", pointer: "", message };
}
