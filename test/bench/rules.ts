import { readFileSync } from "node:fs";
import { readManifest } from "../../tools/parse/file.ts";
import { evaluate } from "../../tools/policy/evaluate.ts";
import { rules } from "../../tools/rules/index.ts";

/** Milliseconds that all rules of the gate take over the resources of a file, and that its parser takes to read them. */
export async function ruleCost(file: string): Promise<{ readonly rules: number; readonly parse: number }> {
  const text = readFileSync(file, "utf8");
  const start = performance.now();
  const { resources } = readManifest({ text }, file);
  const parsed = performance.now();
  await evaluate(rules, { target: { path: "bench", kind: "manifests" }, resources, versions: ["1.36"] });
  return { rules: performance.now() - parsed, parse: parsed - start };
}
