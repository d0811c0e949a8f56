import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../core/errors.ts";

/**
 * The message of an error that a policy threw, and the line of the policy if the stack has it. Node before 22.18 runs compiled
 * policies, whose lines would mislead.
 */
export function thrownMessage(error: unknown, cwd = process.cwd()): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  for (const [, path = "", place] of stack.matchAll(/^ +at (?:async )?(?:.*\()?(.+?):(\d+:\d+)\)?$/gm)) {
    const file = relative(cwd, path.startsWith("file:") ? fileURLToPath(path) : path);
    if (!/^(?:\.\.|node:|dist$|node_modules$)/.test(file.split(sep)[0] ?? ""))
      return `${messageOf(error)} (at ${file}:${place})`;
  }
  return messageOf(error);
}
