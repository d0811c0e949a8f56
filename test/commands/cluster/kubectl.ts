import type { Kubectl } from "../../../tools/cluster/kubectl.ts";
import type { Io } from "../../../tools/commands/command.ts";
import type { JsonObject } from "../../../tools/core/json.ts";
import type { RunResult } from "../../../tools/system/process.ts";

/** The answer of the kubectl stub: standard output, or the error output of a failure. */
export type Answer = string | { readonly fails: string };

/** A kubectl stub with a record of its calls, and an Io that records the output. */
export interface Stage {
  readonly kubectl: Kubectl;
  readonly io: Io;
  /** The arguments of each call, followed by `< names` of the resources on standard input. */
  readonly calls: string[];
  readonly output: { out: string; err: string };
}

/** @param answer by the arguments of the call; undefined is an empty answer */
export function stage(answer: (words: string) => Answer | undefined): Stage {
  const calls: string[] = [];
  const output = { out: "", err: "" };
  const ask = (args: readonly string[], resources?: readonly { name: string }[]): Answer => {
    const given = resources ? ` < ${resources.map(({ name }) => name).join(" ")}` : "";
    calls.push(args.join(" ") + given);
    return answer(args.join(" ")) ?? "";
  };
  const kubectl: Kubectl = {
    context: "lab",
    run: async (args, options) => resultOf(ask(args, options?.resources)),
    json: async (args, options) => {
      const { stdout } = resultOf(ask(args, options?.resources));
      return stdout.length > 0 ? (JSON.parse(stdout.toString()) as JsonObject) : { kind: "List" };
    },
    stream: (args, { resources, onLine, onError }) => {
      const { code, stdout, stderr } = resultOf(ask(args, resources));
      for (const line of lines(stdout.toString())) onLine(line);
      for (const line of lines(stderr)) onError(line);
      return { ended: Promise.resolve({ code, signal: null }), stop: () => {} };
    },
  };
  const io: Io = {
    out: (text) => {
      output.out += text;
    },
    err: (text) => {
      output.err += text;
    },
    env: {},
    colours: false,
    progress: false,
    size: () => ({ columns: 80, rows: 24 }),
    ask: async () => undefined,
    whenInterrupted: () => {},
  };
  return { kubectl, io, calls, output };
}

function resultOf(answer: Answer): RunResult {
  const [stdout, stderr] = typeof answer === "string" ? [answer, ""] : ["", answer.fails];
  return { code: stderr === "" ? 0 : 1, signal: null, limit: undefined, stdout: Buffer.from(stdout), stderr };
}

function lines(text: string): string[] {
  return text.split("\n").filter(Boolean);
}
