import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { isObject, type JsonObject } from "../../tools/core/json.ts";
import { applied } from "./apply.ts";
import { type Side, type Stage, seen } from "./evidence.ts";
import { type Kubectl, kubectlIn } from "./kubectl.ts";
import type { Proof } from "./proof.ts";
import { recorded } from "./record.ts";
import { isShown, patched, readVariants, type Variant } from "./variants.ts";

export { readVariants, recorded };

interface Options {
  readonly context: string;
  readonly only: string;
  readonly jobs: number;
  /** This one. */
  readonly folder: string;
  readonly print: (text: string) => void;
}

/**
 * Asks a cluster about every variant that it can show. What was not shown is asked once more, alone: a cluster that is busy, or
 * whose pods somebody moves about, may not have come to it. What was made is removed.
 */
export async function prove({ context, only, jobs, folder, print }: Options): Promise<Proof[]> {
  const variants = readVariants(join(folder, "variants")).filter(
    (one) => isShown(one) && new RegExp(only).test(`${one.rule} ${one.name}`),
  );
  const rendered = new Map<string, readonly JsonObject[]>();
  for (const { overlay } of variants) if (!rendered.has(overlay)) rendered.set(overlay, render(join(folder, overlay)));
  const proofs = new Map<Variant, Proof>();
  const ask = async (waiting: Variant[]) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const proof = await proved(next, rendered.get(next.overlay) ?? [], context);
      proofs.set(next, proof);
      print(
        `${proof.holds ? "ok    " : "FAILED"} ${next.rule}: ${next.name}\n         broken: ${proof.broken}\n         fixed: ${proof.fixed}`,
      );
    }
  };
  const waiting = [...variants];
  await Promise.all(Array.from({ length: jobs }, () => ask(waiting)));
  const again = variants.filter((variant) => !proofs.get(variant)?.holds);
  if (again.length > 0) print(`\n${again.length} once more:`);
  await ask(again);
  const all = variants.map((variant) => proofs.get(variant)).filter((one) => one !== undefined);
  const failed = all.filter(({ holds }) => !holds).length;
  print(
    `\n${all.length} variants: ${all.length - failed} broken as the table has it, and their twins run; ${failed} otherwise`,
  );
  return all;
}

function render(path: string): JsonObject[] {
  const { error, status, stdout, stderr } = spawnSync("kubectl", ["kustomize", path], { encoding: "utf8" });
  if (error) throw new Error(`kubectl could not be started: ${error.message}`);
  if (status !== 0) throw new Error(stderr);
  return (loadAll(stdout) as JsonObject[]).filter(isObject);
}

async function proved(variant: Variant, objects: readonly JsonObject[], context: string): Promise<Proof> {
  const broken = patched(objects, variant.break);
  const sides = { broken, fixed: patched(broken, variant.fix) };
  const id = Math.random().toString(36).slice(2, 7);
  const names = { broken: `proof-${id}-broken`, fixed: `proof-${id}-fixed` };
  const remove = () => removed(context, Object.values(names));
  const interrupted = () => void remove().finally(() => process.exit(130));
  process.once("SIGINT", interrupted);
  try {
    const [first, second] = await Promise.all(
      (["fixed", "broken"] as const).map((side) => staged(side, sides[side], variant, kubectlIn(context, names[side]))),
    );
    const fixed = await ofTwin(first as Stage);
    const other = await ofBroken(second as Stage);
    return { variant, holds: fixed.holds && other.holds, broken: other.words, fixed: fixed.words };
  } finally {
    process.off("SIGINT", interrupted);
    await remove();
  }
}

async function staged(side: Side, objects: readonly JsonObject[], variant: Variant, kubectl: Kubectl): Promise<Stage> {
  const moved = JSON.parse(JSON.stringify(objects).replaceAll(`guestbook-${variant.overlay}`, kubectl.namespace));
  const again = () => applied(moved, variant.rule === "discovery/env-order", kubectl);
  const answer = await again();
  return { kubectl, side, shows: variant.shows, answer, again };
}

/** Everything of the twin is there, and it is asked what the broken one is asked. */
async function ofTwin(stage: Stage) {
  if (stage.answer.status !== 0) return { holds: false, words: stage.answer.stderr.trim() };
  const deployments = await stage.kubectl.list("deployments");
  for (const { metadata } of deployments) {
    const name = String((metadata as JsonObject).name);
    const { status, stderr } = await stage.kubectl.run(["rollout", "status", `deployment/${name}`, "--timeout=180s"]);
    if (status !== 0) return { holds: false, words: `${name} does not run: ${stderr.trim()}` };
  }
  return seen(stage, 60);
}

/** It applies, unless that is what is shown, and does not work. */
async function ofBroken(stage: Stage) {
  const { status, stderr } = stage.answer;
  if (status !== 0 && stage.shows.refused === undefined) return { holds: false, words: stderr.trim() };
  return seen(stage, 60);
}

async function removed(context: string, names: readonly string[]): Promise<void> {
  const all = names.flatMap((name) => [name, `${name}-other`]);
  const options = ["--ignore-not-found", "--wait=false"];
  await kubectlIn(context, "default").run(["delete", "namespace", ...all, ...options]);
}
