import { dirname, join, relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../core/errors.ts";
import type { Target } from "../core/resource.ts";
import type { Changes } from "../git/changes.ts";
import { isBrokenManifest } from "../load/broken-manifest.ts";
import { closure } from "../load/closure.ts";
import { discover } from "../load/discover.ts";
import type { Kustomization } from "../load/kustomization.ts";
import { manifestFiles } from "../load/manifest-targets.ts";
import { isInside, kustomizationNames, shown, type Workspace } from "../load/paths.ts";
import { findsTheSame } from "../load/same-targets.ts";
import type { Kustomize } from "../render/kustomize.ts";
import { renderAll } from "../render/render.ts";
import type { RenderedTarget, RenderOptions } from "../render/rendering.ts";
import { isSameFile, tryKindOf } from "../system/disk.ts";
import { aspects, observed } from "../system/observe.ts";
import { Ways } from "../system/ways.ts";

/** One of the two repository states. */
export interface Side {
  /** The folder that stands for the working directory. */
  readonly cwd: string;
  /** The top-level directory of the repository. */
  readonly root: string;
  /** The targets in this side's configuration, or those requested on the command line. */
  readonly paths: readonly string[];
}

/** How to render both sides. */
export interface RenderBoth {
  /** Provides the kustomize to render these targets with, and the cached renderings. */
  readonly renderer: (targets: readonly Target[]) => Promise<Pick<RenderOptions, "kustomize" | "renderings">>;
  /** A different kustomize for the base: identical files may then render differently. */
  readonly baseKustomize?: Kustomize | undefined;
  readonly jobs: number | undefined;
  /** The files that differ, if known and HEAD is the working tree; the base is then not read to find out. */
  readonly changes?: Changes | undefined;
}

/** One target on both sides. A target with identical files is not rendered. */
export interface Sides {
  readonly path: string;
  readonly unchanged: boolean;
  readonly base: RenderedTarget | undefined;
  readonly head: RenderedTarget | undefined;
}

/**
 * The targets of two repository states, sorted by path. A target is rendered if any file that it reaches differs.
 *
 * @throws UserError for a path that neither side has
 */
export async function renderSides(base: Side, head: Side, options: RenderBoth): Promise<Sides[]> {
  demandPaths(base, head);
  const { changes } = options;
  const news = targetsOf(head);
  const isAlike = base.paths.join("\n") === head.paths.join("\n");
  const olds = changes && isAlike && findsTheSame(base.paths, changes, base) ? news : targetsOf(base, discoverOld);
  for (const target of mistakenlyLost({ base, olds }, { head, news })) news.set(target.path, target);
  const paths = [...new Set([...olds.keys(), ...news.keys()])].sort();
  const both = paths.filter((path) => olds.get(path)?.kind === news.get(path)?.kind);
  const isSame = changes ? untouched(head, changes) : sameFiles(base, head);
  const same = options.baseKustomize ? [] : both.filter((path) => isSame(news.get(path) as Target));
  const unchanged = new Set(same);
  const wanted = (targets: ReadonlyMap<string, Target>) =>
    [...targets.values()].filter(({ path }) => !unchanged.has(path));
  const { kustomize, renderings } = await options.renderer([...wanted(olds), ...wanted(news)]);
  const { baseKustomize = kustomize, jobs } = options;
  const rendered = async ({ cwd, root }: Side, targets: readonly Target[], by: Kustomize | undefined) => {
    const done = await renderAll(targets, { cwd, root, kustomize: by, jobs, renderings });
    return new Map(done.map((one) => [one.target.path, one]));
  };
  const before = await rendered(base, wanted(olds), baseKustomize);
  const after = await rendered(head, wanted(news), kustomize);
  return paths.map((path) => ({
    path,
    unchanged: unchanged.has(path),
    base: before.get(path),
    head: after.get(path),
  }));
}

/** The targets of a side by path; none for a path that is missing or outside the repository. */
export function targetsOf({ cwd, root, paths }: Side, find = discover): Map<string, Target> {
  const existing = paths.filter((path) => isIn({ cwd, root }, path));
  const targets = existing.flatMap((path) => find([path], { cwd }));
  return new Map(targets.map((target) => [target.path, target]));
}

/**
 * The targets with manifests that HEAD does not read any more because of a mistake in them. Nobody means to delete their
 * objects. They are not marked as found, so that a mistaken file is read even if no other manifest is next to it.
 */
function mistakenlyLost(
  { base, olds }: { readonly base: Side; readonly olds: ReadonlyMap<string, Target> },
  { head, news }: { readonly head: Side; readonly news: ReadonlyMap<string, Target> },
): Target[] {
  if (olds === news) return [];
  const plain = (targets: ReadonlyMap<string, Target>) =>
    [...targets.values()].filter(({ kind }) => kind === "manifests");
  const read = new Set(plain(news).flatMap((target) => manifestFiles(target, head)));
  const isLost = (old: string) => {
    const now = resolve(head.root, relative(base.root, old));
    return !read.has(now) && tryKindOf(now) === "file" && isBrokenManifest(now, shown(head.cwd, now));
  };
  const lost = plain(olds).filter((target) => manifestFiles(target, base).some(isLost));
  return lost.map(({ path, kind }) => ({ path, kind }));
}

/** Like {@link discover}, but a folder with nothing to check has no targets instead of an error. */
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
    `${missing} ${outside ? "is outside the repository" : "does not exist, neither now nor in the base"}`,
  );
}

/** Whether a target reaches the same files with the same content on both sides. */
function sameFiles(base: Side, head: Side): (target: Target) => boolean {
  const [was, is] = [filesOf(base), filesOf(head)];
  return (target) => {
    const [before, after] = [was(target), is(target)];
    if (before === undefined || after === undefined || !isDeepStrictEqual(before, after)) return false;
    return after.files.every((file) => isSameFile(resolve(head.root, file), resolve(base.root, file)));
  };
}

/** Whether neither the files of a target nor anything that is looked up to find them has changed. */
function untouched(head: Side, changes: Changes): (target: Target) => boolean {
  const [filesIn, ways] = [filesOf(head), new Ways()];
  return (target) => {
    let isTouched = false;
    const see = (path: string, aspect: number) => {
      isTouched ||= ways.of(path).some((way) => changes.touches(way, aspect));
    };
    const reached = observed({ see }, () => filesIn(target));
    const places = reached?.files.map((file) => resolve(head.root, file));
    return !isTouched && places?.some((file) => changes.touches(file, aspects.content)) === false;
  };
}

/** The files that a target reaches, relative to the top-level directory, and the destinations of links to folders. */
interface Reached {
  readonly files: readonly string[];
  readonly links: readonly string[];
}

/** The files that a target reaches on one side; undefined if they cannot be determined. */
export function filesOf({ cwd, root }: Side): (target: Target) => Reached | undefined {
  const workspace = { cwd, root, read: new Map<string, Kustomization>() };
  const inside = (files: readonly string[]) => files.map((file) => relative(root, file)).sort();
  return (target) => {
    if (target.kind === "manifests") return { files: inside(manifestFiles(target, workspace)), links: [] };
    const { files, links, kustomizations, unknownFields, problems } = closure(target, workspace);
    // kustomize rejects a folder with two kustomization files.
    const named = kustomizations.flatMap(({ file }) => kustomizationNames.map((name) => join(dirname(file), name)));
    const all = new Set([...files, ...named.filter((file) => tryKindOf(file) !== undefined)]);
    if (unknownFields.length > 0 || problems.length > 0) return undefined;
    const leads = Array.from(links, ([path, place]) => `${relative(root, path)} leads to ${relative(root, place)}`);
    return { files: inside([...all]), links: leads.sort() };
  };
}
