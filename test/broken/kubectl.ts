import { spawn } from "node:child_process";
import type { JsonObject } from "../../tools/core/json.ts";

/** The result of a kubectl command. */
export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** kubectl in one namespace of one context. */
export interface Kubectl {
  readonly namespace: string;
  run(args: readonly string[], input?: string): Promise<Answer>;
  /** Runs a command without a namespace: objects of the input name their own. */
  everywhere(args: readonly string[], input: string): Promise<Answer>;
  /** The items that `get` lists; empty if the kind or the object is missing. */
  list(...args: readonly string[]): Promise<readonly JsonObject[]>;
}

/** @throws Error when kubectl cannot be started. */
export function kubectlIn(context: string, namespace: string): Kubectl {
  const everywhere = (args: readonly string[], input?: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const child = spawn("kubectl", ["--context", context, ...args], { timeout: 300_000 });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
      child.stdin.on("error", () => {});
      child.stdin.end(input);
      child.on("error", (error) => reject(new Error(`kubectl could not be started: ${error.message}`)));
      child.on("close", (status) => resolve({ status: status ?? 1, stdout, stderr }));
    });
  const run: Kubectl["run"] = (args, input) => everywhere(["--namespace", namespace, ...args], input);
  return {
    namespace,
    run,
    everywhere,
    async list(...args) {
      const { status, stdout } = await run(["get", ...args, "--output", "json"]);
      if (status !== 0) return [];
      const answer = JSON.parse(stdout);
      return answer.items ?? [answer];
    },
  };
}

/** A list of objects, as kubectl reads it. */
export function listOf(items: readonly JsonObject[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}
