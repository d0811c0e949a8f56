import { relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Resource, Target } from "../core/resource.ts";
import { matchResources } from "../diff/match.ts";
import { isNotUpdated } from "../diff/recreated.ts";
import type { Revision } from "../git/revision.ts";
import { withRevision } from "../git/revision.ts";
import { kustomizationIn, shown } from "../load/paths.ts";
import type { Kustomize } from "../render/kustomize.ts";
import { type RenderedTarget, renderAll } from "../render/render.ts";
import { isSameFile, tryKindOf } from "../system/disk.ts";
import { loadSchemas } from "../validate/index.ts";
import { updateProblems } from "../validate/update/index.ts";
import type { Issue } from "./judge.ts";

/** The state that is applied now: a revision, and how it is rendered. */
export interface BaseInput {
  readonly revision: Revision;
  readonly cwd: string;
  readonly kustomize: Kustomize | undefined;
  readonly jobs: number | undefined;
  readonly versions: readonly string[];
}

export interface Updates {
  /** By the path of the target. */
  readonly issues: ReadonlyMap<string, readonly Issue[]>;
  /** Targets that do not render at the base: what changes in them is not known. */
  readonly unknown: readonly string[];
}

/** What API servers refuse of rendered targets because of what the same targets are at the base. */
export async function updatesSince(rendered: readonly RenderedTarget[], input: BaseInput): Promise<Updates> {
  const { revision, cwd, versions } = input;
  const before = await withRevision(revision, cwd, (root, there) => renderBase(rendered, root, there, input));
  const olds = new Map(before.map((one) => [one.target.path, one]));
  const options = { versions, schemas: await loadSchemas() };
  const issues = new Map<string, Issue[]>();
  for (const { target, resources } of rendered) {
    const old = olds.get(target.path);
    if (old === undefined || old.failed) continue;
    issues.set(
      target.path,
      changedOf(old.resources, resources).flatMap(([was, is]) => {
        return updateProblems(was, is, options).map((problem) => ({ problem, resource: is }));
      }),
    );
  }
  const isJudged = new Set(rendered.filter(({ failed }) => !failed).map(({ target }) => target.path));
  const unknown = before
    .filter(({ failed, target }) => failed && isJudged.has(target.path))
    .map(({ target }) => target.path)
    .sort();
  return { issues, unknown };
}

/** Renders the targets at the base that are there and not the same to the byte. */
function renderBase(
  rendered: readonly RenderedTarget[],
  root: string,
  there: string,
  { revision, cwd, kustomize, jobs }: BaseInput,
): Promise<RenderedTarget[]> {
  const paths = { here: revision.root, there: root };
  const changed = rendered.filter((one) => one.target.kind !== "stdin" && !isUnchanged(one, paths));
  const targets = changed
    .map(({ target }) => targetAt(target, { here: cwd, there }))
    .filter((one) => one !== undefined);
  return renderAll(targets, { cwd: there, root, kustomize, ...(jobs !== undefined && { jobs }) });
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

/** The same target at the base; undefined when it is new, or lies outside of the repository. */
function targetAt(target: Target, { here, there }: Counterparts): Target | undefined {
  const place = resolve(there, relative(here, resolve(here, target.path)));
  const isThere =
    target.kind === "kustomization" ? kustomizationIn(place) !== undefined : tryKindOf(place) !== undefined;
  return isThere ? { path: shown(there, place), kind: target.kind } : undefined;
}

/** What is there and changes in place. */
function changedOf(before: readonly Resource[], after: readonly Resource[]): [Resource, Resource][] {
  return matchResources(before, after).flatMap(({ before: was, after: is }): [Resource, Resource][] =>
    was === undefined || is === undefined || isNotUpdated(is) || isDeepStrictEqual(was.object, is.object)
      ? []
      : [[was, is]],
  );
}
