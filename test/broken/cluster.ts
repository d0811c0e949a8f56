import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { isObject, type JsonObject } from "../../tools/core/json.ts";
import { applyAll } from "./apply.ts";
import { observe, type Side, type Stage } from "./evidence.ts";
import { type Kubectl, kubectlIn } from "./kubectl.ts";
import type { Proof } from "./proof.ts";
import { recordOf } from "./record.ts";
import { isShown, patched, readVariants, type Variant } from "./variants.ts";

export { readVariants, recordOf };

interface Options {
  readonly context: string;
  readonly only: string;
  readonly jobs: number;
  /** The path of this folder: the code runs from a bundle. */
  readonly folder: string;
  readonly print: (text: string) => void;
}

/**
 * Tries every variant that a cluster can show. One that fails is tried again, alone, as the cluster may have been busy. All
 * created objects are removed.
 */
export async function prove({ context, only, jobs, folder, print }: Options): Promise<Proof[]> {
  const variants = readVariants(join(folder, "variants")).filter(
    (one) => isShown(one) && new RegExp(only).test(`${one.rule} ${one.name}`),
  );
  const rendered = new Map<string, readonly JsonObject[]>();
  for (const { overlay } of variants) if (!rendered.has(overlay)) rendered.set(overlay, render(join(folder, overlay)));
  const proofs = new Map<Variant, Proof>();
  const tryAll = async (waiting: Variant[]) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const proof = await proofOf(next, rendered.get(next.overlay) ?? [], context);
      proofs.set(next, proof);
      print(
        `${proof.holds ? "ok    " : "FAILED"} ${next.rule}: ${next.name}\n         broken: ${proof.broken}\n         fixed: ${proof.fixed}`,
      );
    }
  };
  const waiting = [...variants];
  await Promise.all(Array.from({ length: jobs }, () => tryAll(waiting)));
  const again = variants.filter((variant) => !proofs.get(variant)?.holds);
  if (again.length > 0) print(`\n${again.length} again:`);
  await tryAll(again);
  const all = variants.map((variant) => proofs.get(variant)).filter((one) => one !== undefined);
  const failed = all.filter(({ holds }) => !holds).length;
  print(`\n${all.length} variants: ${all.length - failed} as expected, ${failed} not`);
  return all;
}

function render(path: string): JsonObject[] {
  const { error, status, stdout, stderr } = spawnSync("kubectl", ["kustomize", path], { encoding: "utf8" });
  if (error) throw new Error(`kubectl could not be started: ${error.message}`);
  if (status !== 0) throw new Error(stderr);
  return (loadAll(stdout) as JsonObject[]).filter(isObject);
}

async function proofOf(variant: Variant, objects: readonly JsonObject[], context: string): Promise<Proof> {
  const broken = patched(objects, variant.break);
  const sides = { broken, fixed: patched(broken, variant.fix) };
  const id = Math.random().toString(36).slice(2, 7);
  const names = { broken: `proof-${id}-broken`, fixed: `proof-${id}-fixed` };
  const remove = () => removeNamespaces(context, Object.values(names));
  const interrupted = () => void remove().finally(() => process.exit(130));
  process.once("SIGINT", interrupted);
  try {
    const [first, second] = await Promise.all(
      (["fixed", "broken"] as const).map((side) => apply(side, sides[side], variant, kubectlIn(context, names[side]))),
    );
    const fixed = await tryFixed(first as Stage);
    const other = await tryBroken(second as Stage);
    return { variant, holds: fixed.holds && other.holds, broken: other.words, fixed: fixed.words };
  } finally {
    process.off("SIGINT", interrupted);
    await remove();
  }
}

async function apply(side: Side, objects: readonly JsonObject[], variant: Variant, kubectl: Kubectl): Promise<Stage> {
  const moved = JSON.parse(JSON.stringify(objects).replaceAll(`guestbook-${variant.overlay}`, kubectl.namespace));
  const again = () => applyAll(moved, variant.rule === "discovery/env-order", kubectl);
  const answer = await again();
  return { kubectl, side, shows: variant.shows, answer, again };
}

/** Whether the fixed copy applies, runs and passes the check of the variant. */
async function tryFixed(stage: Stage) {
  if (stage.answer.status !== 0) return { holds: false, words: stage.answer.stderr.trim() };
  const deployments = await stage.kubectl.list("deployments");
  for (const { metadata } of deployments) {
    const name = String((metadata as JsonObject).name);
    const { status, stderr } = await stage.kubectl.run(["rollout", "status", `deployment/${name}`, "--timeout=180s"]);
    if (status !== 0) return { holds: false, words: `${name} does not run: ${stderr.trim()}` };
  }
  return observe(stage, 60);
}

/** Whether the broken variant applies, unless a rejection is expected, and fails as expected. */
async function tryBroken(stage: Stage) {
  const { status, stderr } = stage.answer;
  if (status !== 0 && stage.shows.refused === undefined) return { holds: false, words: stderr.trim() };
  return observe(stage, 60);
}

async function removeNamespaces(context: string, names: readonly string[]): Promise<void> {
  const all = names.flatMap((name) => [name, `${name}-other`]);
  const options = ["--ignore-not-found", "--wait=false"];
  await kubectlIn(context, "default").run(["delete", "namespace", ...all, ...options]);
}
