import { expect, test } from "vitest";
import { closure } from "../../tools/load/closure.ts";
import { readKustomization } from "../../tools/load/kustomization.ts";
import { unusedFiles } from "../../tools/load/unused.ts";
import { configMap, tree } from "../load/tree.ts";

/**
 * What reads a text of a pull request, and a text that has an expression try every way to read it: each took minutes, or
 * for ever. Expressions that are read only as far as a short text goes are none of these.
 */
const table: Readonly<Record<string, () => unknown>> = {
  "lines of nothing in a file that no kustomization lists": () => unused("\n".repeat(3000)),
  "spaces in a file that no kustomization lists": () => unused(`${" ".repeat(60_000)}x`),
};

function unused(text: string): string[] {
  const root = tree({ "kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": configMap("a"), "z.yaml": text });
  const kustomization = readKustomization(`${root}/kustomization.yaml`, "kustomization.yaml");
  return unusedFiles(kustomization, closure({ path: ".", kind: "kustomization" }, { cwd: root }), root);
}

/** The work itself is measured, whatever else the machine does. */
test.each(Object.entries(table))("%s are read in a moment", (_, read) => {
  const start = process.cpuUsage();
  read();
  expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
});
