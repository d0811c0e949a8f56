import { resolve } from "node:path";
import type { Target } from "../../core/resource.ts";
import { closure } from "../../load/closure.ts";
import { manifestFiles } from "../../load/manifest-targets.ts";
import { readText } from "../../parse/file.ts";
import { tryKindOf } from "../../system/disk.ts";
import { digest } from "../../system/snapshot.ts";
import type { GateInput } from "../input.ts";
import { type Definition, definitionsOf } from "../target/definitions.ts";
import { checkRendered, definitionDigest, finish, renderedOf, type Work } from "./check-target.ts";
import { digestOfCrds } from "./outcomes.ts";

/**
 * Renders known targets again: those whose outcome depends on changed CustomResourceDefinitions of other targets, and,
 * if definitions are needed, those that contain some.
 */
export async function checkOutdated(work: Work): Promise<void> {
  const { done, waiting, crds, input } = work;
  const isNeeding = waiting.size > 0 || [...done.values()].some(({ crdsNeeded }) => crdsNeeded !== undefined);
  if (isNeeding) await readElsewhere(input.coverage.otherShards, work);
  const now = digestOfCrds(crdsOf(work));
  const isOutdated = (path: string) => (done.get(path)?.crdsNeeded ?? now) !== now;
  if (waiting.size === 0 && ![...done.keys()].some(isOutdated)) return;
  const isDefining = (path: string) => (done.get(path)?.crds.length ?? 0) > 0 && !crds.has(path);
  const targets = input.targets.filter(({ path }) => isOutdated(path) || isDefining(path));
  for await (const rendered of renderedOf(targets, input, work.recordings)) {
    const { path } = rendered.target;
    if (isOutdated(path)) {
      done.delete(path);
      await checkRendered(rendered, work);
    } else {
      work.recordings.delete(path);
      crds.set(path, definitionsOf(rendered));
    }
  }
}

/** Finishes the targets that were waiting for schemas, with the definitions of all targets. */
export async function checkWaiting(work: Work): Promise<void> {
  const { input, waiting, checker, crds } = work;
  if (waiting.size === 0) return;
  const definitions = await definitionsWith(crds, input);
  const needed = digestOfCrds(crdsOf(work));
  for (const [path, checked] of waiting) {
    await checker.finish(checked, definitions);
    waiting.delete(path);
    await finish(checked, work, needed);
  }
}

/** Those of all targets and of charts, in their order. @param crds those of targets, by path; adds those of charts */
export async function definitionsWith(crds: Work["crds"], input: GateInput): Promise<Definition[]> {
  const charts = chartDefinitions(input);
  await readElsewhere(charts, { input, crds });
  const targets = [...input.targets, ...input.coverage.otherShards, ...charts].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  return targets.flatMap(({ path }) => crds.get(path) ?? []);
}

/** The folders of charts with definitions that exist: most charts have none. */
function chartDefinitions({ cwd, coverage }: GateInput): Target[] {
  return coverage.chartDefinitions.filter(({ path }) => tryKindOf(resolve(cwd, path)) === "folder");
}

/**
 * Renders targets that this run does not check, but whose definitions count: those with a file that mentions definitions.
 */
async function readElsewhere(others: readonly Target[], { input, crds }: Pick<Work, "input" | "crds">): Promise<void> {
  const workspace = { cwd: input.cwd, read: new Map() };
  const mentions = new Map<string, boolean>();
  const isMentioning = (file: string) => {
    const known = mentions.get(file) ?? textOf(file).includes("CustomResourceDefinition");
    mentions.set(file, known);
    return known;
  };
  const filesOf = (target: Target) =>
    target.kind === "kustomization" ? closure(target, workspace).files : manifestFiles(target, workspace);
  const targets = others.filter((target) => target.kind !== "stdin" && filesOf(target).some(isMentioning));
  for await (const rendered of renderedOf(targets, input, new Map())) {
    const isOfChart = input.coverage.chartDefinitions.includes(rendered.target);
    // A chart installs its definitions: they are no leftovers of an older release.
    const found = definitionsOf(rendered).map((one) => (isOfChart ? { ...one, isRendered: true } : one));
    if (found.length > 0) crds.set(rendered.target.path, found);
  }
}

function textOf(file: string): string {
  const read = readText(file, file);
  return "text" in read ? read.text : "";
}

/** The paths of all targets, with digests of their definitions; for charts, of the files, which are read only if needed. */
function crdsOf({ input, done, waiting, crds }: Work): [string, readonly string[]][] {
  const others = input.coverage.otherShards.map(({ path }): [string, readonly string[]] => [
    path,
    (crds.get(path) ?? []).map(definitionDigest),
  ]);
  const here = input.targets.map(({ path }): [string, readonly string[]] => {
    return [path, waiting.get(path)?.crds.map(definitionDigest) ?? done.get(path)?.crds ?? []];
  });
  const charts = chartDefinitions(input).map((target): [string, readonly string[]] => {
    return [target.path, manifestFiles(target, input).map((file) => digest(textOf(file)))];
  });
  return [...here, ...others, ...charts];
}
