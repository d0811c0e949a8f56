import { join, relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { LoadedConfig, Place } from "../../config/config.ts";
import { pathsIn } from "../../config/past.ts";
import { UserError } from "../../core/errors.ts";
import { once } from "../../core/once.ts";
import type { Target } from "../../core/resource.ts";
import { discoverOld, targetsOf } from "../../diff/sides.ts";
import type { Changes } from "../../git/changes.ts";
import { withLazyRevision, withRevision } from "../../git/checkout.ts";
import { isInside } from "../../load/paths.ts";
import { findsTheSame, usesTheSame } from "../../load/same-targets.ts";
import type { Kustomize } from "../../render/kustomize.ts";
import type { RenderedTarget } from "../../render/rendering.ts";
import { writeTree } from "../../system/tree.ts";
import type { BaseRequest, GateInput } from "../input.ts";
import type { Outcome } from "../outcomes/outcomes.ts";
import type { Synced } from "../synced/combine.ts";
import type { VariantOutcome } from "../synced/outcome.ts";
import { noWaivers, type WaiverFile } from "../waivers/file.ts";
import { readWaivers } from "../waivers/read.ts";
import type { AppliedRenderings } from "./applied.ts";

/** The results of checking the working tree. */
export interface Present {
  readonly outcomes: readonly Outcome[];
  readonly synced: Synced;
  /** The targets that were rendered, by their paths; others have cached outcomes. */
  readonly rendered: ReadonlyMap<string, RenderedTarget>;
  readonly applied: AppliedRenderings;
  /** Undefined if everything counts as changed. */
  readonly changes: Changes | undefined;
}

/** Checks out the base: all files if the changes are unknown, otherwise files on demand. */
export function withBase<T>(
  changes: Changes | undefined,
  { revision }: BaseRequest,
  { cwd }: GateInput,
  use: (place: Place) => Promise<T>,
): Promise<T> {
  const marked = (root: string, there: string) => {
    // Marks the top of the repository, above which nothing is searched. It has no history.
    writeTree(root, [{ path: ".git", content: new Uint8Array(), isLink: false }]);
    return use({ top: root, cwd: there });
  };
  return changes === undefined ? withRevision(revision, cwd, marked) : withLazyRevision(changes, cwd, marked);
}

/** The targets of the base; the current ones if nothing that affects discovery has changed. */
export function pastTargets(
  config: LoadedConfig,
  { top: root, cwd: there }: Place,
  { changes }: Present,
  { words }: BaseRequest,
  { cwd, config: today, targets }: GateInput,
): readonly Target[] {
  const paths = pathsIn(config, there, words, cwd);
  const isAlike = isDeepStrictEqual(paths, pathsIn(today, cwd, words, cwd));
  const isWithin = paths.every((path) => isInside(root, resolve(there, path)));
  if (changes && isAlike && isWithin && findsTheSame(paths, changes, { root, cwd: there }))
    return targets.filter(({ kind }) => kind !== "stdin");
  return [...targetsOf({ cwd: there, root, paths }, discoverOld).values()];
}

/** The outcomes of targets whose inputs have not changed since the base, by their paths. */
export function unchangedAmong(
  targets: readonly Target[],
  { top: root, cwd: there }: Place,
  { outcomes, changes }: Present,
  base: BaseRequest,
  input: GateInput,
): ReadonlyMap<string, Outcome> {
  if (changes === undefined || isRenderedOtherwise(base, input)) return new Map();
  const isTouched = input.outcomes.touchedBy(changes);
  const isUsedAlike = once((since: Changes) => usesTheSame(since, { root, cwd: there }));
  const heads = new Map(outcomes.map((outcome) => [outcome.target.path, outcome]));
  return new Map(
    targets.flatMap(({ path, kind, found }): [string, Outcome][] => {
      const head = heads.get(path);
      const isSame = head?.target.kind === kind && head.target.found === found && isTouched(head.target) === false;
      return isSame && (head.components === undefined || isUsedAlike(changes)) ? [[path, head]] : [];
    }),
  );
}

/** The outcomes of variants whose inputs have not changed since the base. */
export function unchangedVariants({ synced, changes }: Present, base: BaseRequest, input: GateInput) {
  if (changes === undefined || isRenderedOtherwise(base, input)) return () => undefined;
  const isTouched = input.outcomes.touchedBy(changes);
  const targets = new Map(input.targets.map((target) => [target.path, target]));
  return (path: string, what: string): VariantOutcome | undefined => {
    const target = targets.get(path);
    const known = synced.judged.find((one) => one.path === path && one.what === what);
    return target && known && isTouched(target, what) === false ? known.outcome : undefined;
  };
}

/** A different kustomize may render the same files to something else. */
function isRenderedOtherwise({ kustomize }: BaseRequest, { rendering }: GateInput): boolean {
  return kustomize !== undefined && !isDeepStrictEqual(nameOf(kustomize), nameOf(rendering.kustomize));
}

/** The version alone is not enough: one of two programs may have been built with a patch. */
function nameOf(kustomize: Kustomize | undefined) {
  return [kustomize?.command, kustomize?.version];
}

/** The input for checking the base with the current rules. */
export async function inputAt(
  { cwd: there }: Place,
  targets: readonly Target[],
  { rendered, applied }: { readonly rendered: Map<string, RenderedTarget>; readonly applied: AppliedRenderings },
  base: BaseRequest,
  input: GateInput,
): Promise<GateInput> {
  // If the working tree has no kustomizations any more, no kustomize was looked up for it.
  const isRendered = targets.some(({ kind }) => kind === "kustomization");
  const { rendering } = input;
  return {
    ...input,
    cwd: there,
    config: { ...input.config, root: resolve(there, relative(input.cwd, input.config.root)) },
    targets,
    base: undefined,
    originalRoot: base.revision.root,
    outcomes: input.outcomes.elsewhere(),
    rendering: {
      ...rendering,
      kustomize: base.kustomize ?? rendering.kustomize ?? (isRendered ? await base.findKustomize() : undefined),
      renderings: rendering.renderings?.elsewhere(),
    },
    onRendered: (one) => void rendered.set(one.target.path, one),
    onApplied: (outcome, one) => void applied.set(outcome, one),
    onProgress: () => {},
  };
}

/** The waivers of the base; undefined if they cannot be read. */
export function waiversOf({ waivers, root }: LoadedConfig, there: string): WaiverFile | undefined {
  if (waivers === undefined) return noWaivers;
  const path = join(root, waivers);
  try {
    return readWaivers(path, relative(there, path));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
