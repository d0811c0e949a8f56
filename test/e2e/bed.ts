import { setTimeout as sleep } from "node:timers/promises";
import { type RunResult, run } from "../../tools/system/process.ts";

/** The bundle runs from another folder, but `npm run` starts it in the repository. */
export const root = process.cwd();

const minute = 60_000;
const maxOutput = 256 << 20;

/** The cluster to prove things on. */
export interface Bed {
  readonly context: string;
  /** Returns the output of kubectl. @throws Error with its error output */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Runs kubectl, whatever its exit status. */
  tryKubectl(args: readonly string[], input?: string): Promise<RunResult>;
  /** Returns the parsed output of `kubectl get -o json`. */
  get<T>(args: readonly string[]): Promise<T>;
  /** Runs the gate's CLI, whatever its exit status. */
  gitops(args: readonly string[]): Promise<Outcome>;
}

export interface Outcome {
  readonly code: number | null;
  /** Standard output, then standard error. */
  readonly text: string;
}

export function bedOn(context: string): Bed {
  const tryKubectl = (args: readonly string[], input?: string) =>
    run("kubectl", ["--context", context, ...args], { timeout: 10 * minute, maxOutput, ...(input && { input }) });
  const kubectl = async (args: readonly string[], input?: string) => {
    const { code, stdout, stderr } = await tryKubectl(args, input);
    if (code !== 0) throw new Error(`kubectl ${args.slice(0, 6).join(" ")}:\n${stderr.trim()}`);
    return stdout.toString("utf8");
  };
  return {
    context,
    kubectl,
    tryKubectl,
    get: async (args) => JSON.parse(await kubectl(["get", ...args, "-o", "json"])),
    gitops: (args) => program("node", ["dist/gitops.js", ...args]),
  };
}

/** Runs a program of the repository to its end. */
export async function program(name: string, args: readonly string[], env?: Record<string, string>): Promise<Outcome> {
  const all = { ...process.env, ...env } as Record<string, string>;
  const { code, stdout, stderr } = await run(name, args, { cwd: root, env: all, timeout: 30 * minute, maxOutput });
  return { code, text: `${stdout.toString("utf8")}${stderr}` };
}

/**
 * Polls until `ask` returns a value.
 *
 * @param ask returns undefined as long as the condition does not hold
 * @returns the value, and after how many milliseconds it came
 * @throws Error after `seconds`
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  seconds = 60,
): Promise<{ value: T; ms: number }> {
  const start = performance.now();
  for (;;) {
    const value = await ask();
    const ms = Math.round(performance.now() - start);
    if (value !== undefined) return { value, ms };
    if (ms > seconds * 1000) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(250);
  }
}

/** @throws Error with the sentence if the condition does not hold */
export function demand(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence);
}
