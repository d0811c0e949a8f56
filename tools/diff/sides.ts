import { relative, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import type { Target } from "../core/resource.ts";
import { closure } from "../load/closure.ts";
import { discover, manifestFiles } from "../load/discover.ts";
import type { Kustomization } from "../load/kustomization.ts";
import { isInside, type Workspace } from "../load/paths.ts";
import type { Kustomize } from "../render/kustomize.ts";
import { type RenderedTarget, renderAll } from "../render/render.ts";
import { isSameFile, tryKindOf } from "../system/disk.ts";

/** One of the two states of a repository. */
export interface Side {
  /** The folder that stands for the working directory. */
  readonly cwd: string;
  /** The top of the repository. */
  readonly root: string;
  /** The targets that the configuration of this side names, or those that were asked for. */
  readonly paths: readonly string[];
}

export interface RenderBoth {
  readonly kustomize: (targets: readonly Target[]) => Promise<Kustomize | undefined>;
  /** Another one for the base: what is the same to the byte may then render to something else. */
  readonly baseKustomize?: Kustomize | undefined;
  readonly jobs: number | undefined;
}

/** One target on both sides; one that is the same to the byte is not rendered. */
export interface Sides {
  readonly path: string;
  readonly unchanged: boolean;
  readonly base: RenderedTarget | undefined;
  readonly head: RenderedTarget | undefined;
}

/** The targets of two states of a repository by their paths, rendered where anything that they reach differs. */
export async function renderSides(base: Side, head: Side, options: RenderBoth): Promise<Sides[]> {
  demandPaths(base, head);
  const [olds, news] = [targetsOf(base, discoverOld), targetsOf(head)];
  const paths = [...new Set([...olds.keys(), ...news.keys()])].sort();
  const unchanged = new Set(options.baseKustomize ? [] : unchangedOf(paths, olds, news, base, head));
  const wanted = (targets: ReadonlyMap<string, Target>) =>
    [...targets.values()].filter(({ path }) => !unchanged.has(path));
  const kustomize = await options.kustomize([...wanted(olds), ...wanted(news)]);
  const rendered = async (side: Side, targets: readonly Target[], renderer: Kustomize | undefined) => {
    const done = await renderAll(targets, { cwd: side.cwd, root: side.root, kustomize: renderer, jobs: options.jobs });
    return new Map(done.map((one) => [one.target.path, one]));
  };
  const before = await rendered(base, wanted(olds), options.baseKustomize ?? kustomize);
  const after = await rendered(head, wanted(news), kustomize);
  return paths.map((path) => ({
    path,
    unchanged: unchanged.has(path),
    base: before.get(path),
    head: after.get(path),
  }));
}

/** The targets of a side by their paths; a path that is not there, or leads out of it, has none. */
export function targetsOf({ cwd, root, paths }: Side, find = discover): Map<string, Target> {
  const there = paths.filter((path) => isIn({ cwd, root }, path));
  const targets = there.flatMap((path) => find([path], { cwd }));
  return new Map(targets.map((target) => [target.path, target]));
}

/** As {@link discover}; a folder that had nothing to judge has no targets. */
export function discoverOld(paths: readonly string[], workspace: Workspace): Target[] {
  try {
    return discover(paths, workspace);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

function isIn({ cwd, root }: Omit<Side, "paths">, path: string): boolean {
  const place = resolve(cwd, path);
  return isInside(root, place) && tryKindOf(place) !== undefined;
}

/** @throws UserError for a path that neither side has */
function demandPaths(base: Side, head: Side): void {
  const missing = head.paths.find((path) => !isIn(head, path) && !isIn(base, path));
  if (missing === undefined) return;
  const outside = !isInside(head.root, resolve(head.cwd, missing));
  throw new UserError(
    `${missing} ${outside ? "lies outside the repository" : "does not exist, neither now nor in the base"}`,
  );
}

function unchangedOf(
  paths: readonly string[],
  olds: ReadonlyMap<string, Target>,
  news: ReadonlyMap<string, Target>,
  base: Side,
  head: Side,
): string[] {
  const [was, is] = [filesOf(base), filesOf(head)];
  return paths.filter((path) => {
    const [old, next] = [olds.get(path), news.get(path)];
    if (old === undefined || next === undefined || old.kind !== next.kind) return false;
    const [before, after] = [was(old), is(next)];
    if (before === undefined || after === undefined || before.join("\n") !== after.join("\n")) return false;
    return after.every((file) => isSameFile(resolve(head.root, file), resolve(base.root, file)));
  });
}

/** All files that a target reaches, relative to the top; undefined where that cannot be told. */
function filesOf({ cwd, root }: Side): (target: Target) => string[] | undefined {
  const workspace = { cwd, root, read: new Map<string, Kustomization>() };
  const inside = (files: readonly string[]) => files.map((file) => relative(root, file)).sort();
  return (target) => {
    if (target.kind === "manifests") return inside(manifestFiles(target, workspace));
    const { files, unknownFields, problems } = closure(target, workspace);
    return unknownFields.length > 0 || problems.length > 0 ? undefined : inside(files);
  };
}
