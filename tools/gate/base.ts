import { join, relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { LoadedConfig } from "../config/config.ts";
import { pastConfig, pathsIn } from "../config/past.ts";
import { UserError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Resource, Target } from "../core/resource.ts";
import { matchResources } from "../diff/match.ts";
import { type Compared, withRenames } from "../diff/moves.ts";
import { isNotUpdated } from "../diff/recreated.ts";
import { discoverOld, type Side, targetsOf } from "../diff/sides.ts";
import type { Revision } from "../git/revision.ts";
import { withRevision } from "../git/revision.ts";
import type { Kustomize } from "../render/kustomize.ts";
import { type RenderedTarget, renderAll } from "../render/render.ts";
import { isSameFile } from "../system/disk.ts";
import { loadSchemas } from "../validate/index.ts";
import { updateProblems } from "../validate/update/index.ts";
import { type DeletionBudget, deletionsIn } from "./deletions.ts";
import type { Issue, Judged } from "./judge.ts";
import { noWaivers, readWaivers, type WaiverFile } from "./waiver-file.ts";

/** The state that is applied now: a revision, and how it is rendered. */
export interface BaseInput {
  readonly revision: Revision;
  readonly cwd: string;
  readonly config: LoadedConfig;
  /** What was asked for; nothing stands for what the configuration names. */
  readonly words: readonly string[];
  readonly kustomize: Kustomize | undefined;
  /** Each side has a kustomize of its own: what is the same to the byte may render to something else. */
  readonly isOther: boolean;
  readonly jobs: number | undefined;
  readonly versions: readonly string[];
  readonly budget: DeletionBudget;
  /** Judges what the base has as the working tree is judged. */
  readonly judge: (past: PastTargets) => Promise<PastJudged>;
  /** Those that hold whatever the base has. */
  readonly waivers: WaiverFile | undefined;
}

/** What is known of the base, beside what is judged by itself. */
/** The targets of the base. */
export interface PastTargets {
  readonly changed: readonly RenderedTarget[];
  /** As they are now: all that may differ is what the others mean to them. */
  readonly unchanged: readonly RenderedTarget[];
  /** The folders that stand for the working directory and the top, and the repository that they are of. */
  readonly place: { readonly cwd: string; readonly top: string; readonly of: string };
  /** Every CustomResourceDefinition of the base. */
  readonly definitions: readonly JsonObject[];
}

/** In the order of {@link PastTargets}. */
export interface PastJudged {
  readonly changed: readonly Judged[];
  readonly unchanged: readonly Judged[];
}

export interface Since {
  /** What is wrong with the change of a target, by its path; targets that are gone are among them. */
  readonly issues: ReadonlyMap<string, readonly Issue[]>;
  /** Targets that do not render at the base: what changes in them is not known. */
  readonly unknown: readonly string[];
  /** Targets that were the same: what is wrong in them was so before. */
  readonly unchanged: ReadonlySet<string>;
  /** Targets that the base has, and nobody has any more. */
  readonly gone: readonly Target[];
  /** The others as they were, by the paths that they have now. */
  readonly judged: readonly Judged[];
  /** Those of the base; undefined where they cannot be read. */
  readonly waivers: WaiverFile | undefined;
}

/** What became of targets since the base: what API servers refuse of it, what is deleted, and what was wrong before. */
export function since(rendered: readonly RenderedTarget[], input: BaseInput): Promise<Since> {
  const files = rendered.filter(({ target }) => target.kind !== "stdin");
  return withRevision(input.revision, input.cwd, async (root, there) => {
    const past = pastConfig(there, root, input.config);
    const paths = pathsIn(past, there, input.words, input.cwd);
    const compared = await comparedWith(files, { cwd: there, root, paths }, input);
    const issues = new Map<string, Issue[]>();
    const options = { versions: input.versions, schemas: await loadSchemas() };
    for (const one of compared) {
      if (one.unchanged) continue;
      const updates = updatesIn(one).flatMap(([was, is]) =>
        updateProblems(was, is, options).map((problem) => ({ problem, resource: is })),
      );
      issues.set(one.path, [...updates, ...deletionsIn(one, input.budget)]);
    }
    const unchanged = new Set(compared.flatMap(({ path, unchanged: same }) => (same ? [path] : [])));
    const same = isKindChanged(compared) ? new Set<string>() : unchanged;
    const olds = compared.flatMap(({ path, base }) => (base ? [{ path, base }] : []));
    const changed = olds.filter(({ path }) => !same.has(path));
    const judged = await input.judge({
      changed: changed.map(({ base }) => base),
      unchanged: olds.filter(({ path }) => same.has(path)).map(({ base }) => base),
      place: { cwd: there, top: root, of: input.revision.root },
      definitions: definitionsIn(compared, "base"),
    });
    return {
      issues,
      unknown: unknownOf(compared),
      unchanged: same,
      gone: compared.flatMap(({ base, head }) => (base && !head ? [base.target] : [])),
      judged: [...renamed(judged.changed, changed), ...judged.unchanged],
      waivers: input.waivers ?? waiversOf(past, there),
    };
  });
}

function renamed(judged: readonly Judged[], olds: readonly { readonly path: string }[]): Judged[] {
  return judged.map((one, index) => ({
    ...one,
    target: { ...one.target, path: olds[index]?.path ?? one.target.path },
  }));
}

/** Where the base does not render and HEAD does. */
function unknownOf(compared: readonly Compared[]): string[] {
  return compared.flatMap(({ path, base, head }) => (base?.failed && head && !head.failed ? [path] : [])).sort();
}

/** Both states of every target that either has; what is the same to the byte is not rendered again. */
async function comparedWith(
  rendered: readonly RenderedTarget[],
  side: Side,
  { revision, kustomize, jobs, isOther }: BaseInput,
): Promise<Compared[]> {
  const heads = new Map(rendered.map((one) => [one.target.path, one]));
  const olds = targetsOf(side, discoverOld);
  const places = { here: revision.root, there: side.root };
  const isSame = (path: string, kind: Target["kind"]) => {
    const head = heads.get(path);
    return !isOther && head !== undefined && head.target.kind === kind && isUnchanged(head, places);
  };
  const unchanged = new Set([...olds.values()].filter(({ path, kind }) => isSame(path, kind)).map(({ path }) => path));
  const wanted = [...olds.values()].filter(({ path }) => !unchanged.has(path));
  const done = await renderAll(wanted, { cwd: side.cwd, root: side.root, kustomize, jobs });
  const before = new Map(done.map((one) => [one.target.path, one]));
  return withRenames(
    [...new Set([...heads.keys(), ...olds.keys()])].sort().map((path) => ({
      path,
      unchanged: unchanged.has(path),
      base: unchanged.has(path) ? heads.get(path) : before.get(path),
      head: heads.get(path),
    })),
  );
}

/** A folder of the working tree, and its counterpart in the base. */
interface Counterparts {
  readonly here: string;
  readonly there: string;
}

/** All that the target reaches is the same at the base. */
function isUnchanged({ closure }: RenderedTarget, { here, there }: Counterparts): boolean {
  if (closure === undefined || closure.unknownFields.length > 0) return false;
  return closure.files.every((file) => isSameFile(file, resolve(there, relative(here, file))));
}

/** A kind that one of the sides does not define: what was said of its objects elsewhere may be another thing. */
function isKindChanged(compared: readonly Compared[]): boolean {
  const changed = compared.filter(({ unchanged }) => !unchanged);
  return !isDeepStrictEqual(definitionsIn(changed, "base"), definitionsIn(changed, "head"));
}

function definitionsIn(compared: readonly Compared[], side: "base" | "head"): JsonObject[] {
  const all = compared.flatMap((one) => one[side]?.resources ?? []);
  return all.filter(({ kind }) => kind === "CustomResourceDefinition").map(({ object }) => object);
}

function waiversOf({ waivers, root }: LoadedConfig, there: string): WaiverFile | undefined {
  if (waivers === undefined) return noWaivers;
  const path = join(root, waivers);
  try {
    return readWaivers(path, relative(there, path));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What is there and changes in place. */
function updatesIn({ base, head }: Compared): [Resource, Resource][] {
  if (base === undefined || base.failed || head === undefined) return [];
  return matchResources(base.resources, head.resources).flatMap(({ before: was, after: is }): [Resource, Resource][] =>
    was === undefined || is === undefined || isNotUpdated(is) || isDeepStrictEqual(was.object, is.object)
      ? []
      : [[was, is]],
  );
}
