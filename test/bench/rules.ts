import { readFileSync } from "node:fs";
import { loadAll } from "js-yaml";
import { readManifest } from "../../tools/parse/file.ts";
import { evaluate } from "../../tools/policy/evaluate.ts";
import { rules } from "../../tools/rules/index.ts";

/** The milliseconds that all rules of the gate take for the resources of a file, and that js-yaml takes to parse it. */
export async function ruleCost(file: string): Promise<{ readonly rules: number; readonly parse: number }> {
  const text = readFileSync(file, "utf8");
  const { resources } = readManifest({ text }, file);
  const start = performance.now();
  loadAll(text);
  const parsed = performance.now();
  await evaluate(rules, { target: { path: "bench", kind: "manifests" }, resources, versions: ["1.36"] });
  return { rules: performance.now() - parsed, parse: parsed - start };
}
