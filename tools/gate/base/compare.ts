import { join, relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { LoadedConfig, Place } from "../../config/config.ts";
import { pastConfig, pathsIn } from "../../config/past.ts";
import { append } from "../../core/append.ts";
import { UserError } from "../../core/errors.ts";
import type { Finding } from "../../core/finding.ts";
import { once } from "../../core/once.ts";
import { definitionsIn, groupOf, type Resource, type Target } from "../../core/resource.ts";
import { matchResources } from "../../diff/match.ts";
import { type Compared, withRenames } from "../../diff/moves.ts";
import { isNotUpdated } from "../../diff/recreated.ts";
import { discoverOld, targetsOf } from "../../diff/sides.ts";
import { driftBefore } from "../../generate/past.ts";
import type { Changes } from "../../git/changes.ts";
import { withLazyRevision, withRevision } from "../../git/checkout.ts";
import { isInside } from "../../load/paths.ts";
import { findsTheSame, usesTheSame } from "../../load/same-targets.ts";
import type { Kustomize } from "../../render/kustomize.ts";
import { renderAll } from "../../render/render.ts";
import type { RenderedTarget } from "../../render/rendering.ts";
import { writeTree } from "../../system/tree.ts";
import { loadSchemas } from "../../validate/index.ts";
import { updateProblems } from "../../validate/update/index.ts";
import { storageClassesIn } from "../../validate/update/storage.ts";
import { withWhole } from "../findings.ts";
import type { BaseRequest, GateInput } from "../input.ts";
import { judgeRest } from "../outcomes/check-targets.ts";
import { needsWhole, noWhole } from "../outcomes/known.ts";
import type { Outcome, WholeOutcome } from "../outcomes/outcomes.ts";
import { judgeWhole, knownFacts } from "../repository/check.ts";
import type { Issue } from "../target/checked.ts";
import { noWaivers, type WaiverFile } from "../waivers/file.ts";
import { readWaivers } from "../waivers/read.ts";
import { ofRepository } from "../waivers/waive.ts";
import { budgetOf, deletionsIn } from "./deletions.ts";

/** The results of checking the working tree. */
interface Present {
  readonly outcomes: readonly Outcome[];
  /** The targets that were rendered, by their paths; others have cached outcomes. */
  readonly rendered: ReadonlyMap<string, RenderedTarget>;
  /** Undefined if everything counts as changed. */
  readonly changes: Changes | undefined;
}

/** How targets have changed since the base. */
export interface Since {
  /** Issues with the change of a target, by its path; including removed targets. */
  readonly issues: ReadonlyMap<string, readonly Issue[]>;
  /** Targets that do not render at the base, so that their changes are unknown. */
  readonly unknown: readonly string[];
  /** Removed targets: they exist only at the base. */
  readonly gone: readonly Target[];
  /** The findings of the same rules at the base, with locations there. A moved target has its new path. */
  readonly findings: readonly Finding[];
  /** The waivers of the base; undefined if they cannot be read. */
  readonly waivers: WaiverFile | undefined;
}

/**
 * Compares targets with the base: changes that API servers reject, deleted objects, and findings that existed before.
 */
export function since(present: Present, base: BaseRequest, input: GateInput): Promise<Since> {
  return withBase(present.changes, base, input, async (place) => {
    const here = { top: base.revision.root, cwd: input.cwd };
    const config = pastConfig(place, here, input.config);
    const targets = pastTargets(config, place, present, base, input);
    const unchanged = unchangedAmong(targets, place, present, base, input);
    const rendered = new Map<string, RenderedTarget>();
    const past = await inputAt(place, targets, rendered, base, input);
    const outcomes = await judgeRest(past, new Map(unchanged));
    const compared = await comparedWith({ targets, rendered, unchanged }, present, input);
    const moved = new Map(compared.flatMap(({ path, from }) => (from === undefined ? [] : [[from, path]])));
    const whole = await wholeAt(outcomes, past);
    const findings = withWhole(
      outcomes.flatMap((one) => one.findings),
      whole,
    );
    append(findings, ofRepository(repositoryProblems(config, past, input), input));
    return {
      issues: await issuesOf(compared, present, base, input),
      unknown: compared.flatMap(({ path, base: was, head }) => (was?.failed && head && !head.failed ? [path] : [])),
      gone: compared.flatMap(({ base: was, head }) => (was && !head ? [was.target] : [])),
      findings: findings.map((one) => ({ ...one, target: moved.get(one.target) ?? one.target })),
      waivers: base.isWaivedAlike ? input.waivers : waiversOf(config, place.cwd),
    };
  });
}

/** Checks out the base: all files if the changes are unknown, otherwise files on demand. */
function withBase<T>(
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
function pastTargets(
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
function unchangedAmong(
  targets: readonly Target[],
  { top: root, cwd: there }: Place,
  { outcomes, changes }: Present,
  base: BaseRequest,
  input: GateInput,
): ReadonlyMap<string, Outcome> {
  // A different kustomize may render the same files to something else.
  const isOther = base.kustomize !== undefined && !isDeepStrictEqual(nameOf(base.kustomize), nameOf(input.kustomize));
  if (changes === undefined || isOther) return new Map();
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

/** The version alone is not enough: one of two programs may have been built with a patch. */
function nameOf(kustomize: Kustomize | undefined) {
  return [kustomize?.command, kustomize?.version];
}

/** The input for checking the base with the current rules. */
async function inputAt(
  { cwd: there }: Place,
  targets: readonly Target[],
  rendered: Map<string, RenderedTarget>,
  base: BaseRequest,
  input: GateInput,
): Promise<GateInput> {
  // If the working tree has no kustomizations any more, no kustomize was looked up for it.
  const isRendered = targets.some(({ kind }) => kind === "kustomization");
  return {
    ...input,
    cwd: there,
    config: { ...input.config, root: resolve(there, relative(input.cwd, input.config.root)) },
    targets,
    kustomize: base.kustomize ?? input.kustomize ?? (isRendered ? await base.findKustomize() : undefined),
    base: undefined,
    of: base.revision.root,
    outcomes: input.outcomes.elsewhere(),
    renderings: input.renderings?.elsewhere(),
    rendered: (one) => void rendered.set(one.target.path, one),
    progress: () => {},
  };
}

/** The findings that compare targets of the base with each other. */
async function wholeAt(outcomes: readonly Outcome[], past: GateInput): Promise<WholeOutcome> {
  if (!needsWhole(outcomes, past)) return noWhole;
  return judgeWhole(await knownFacts(outcomes, past), await past.judging(), past);
}

/** The problems with generated files at the base. */
function repositoryProblems({ generate }: LoadedConfig, past: GateInput, { repository, config }: GateInput) {
  const models = config.generate?.models;
  if (models === undefined || models !== generate?.models) return [];
  return driftBefore(repository, models, config.root, past.config.root);
}

/** The targets of the base, rendered if something in them has changed. */
interface PastTargets {
  readonly targets: readonly Target[];
  readonly rendered: ReadonlyMap<string, RenderedTarget>;
  readonly unchanged: ReadonlyMap<string, Outcome>;
}

/** The states of every changed target at the base and now. */
async function comparedWith(
  { targets, rendered, unchanged }: PastTargets,
  present: Present,
  { targets: all, cwd, kustomize, jobs, renderings }: GateInput,
): Promise<Compared[]> {
  const changed = all.filter(({ path, kind }) => kind !== "stdin" && !unchanged.has(path));
  const missing = changed.filter(({ path }) => !present.rendered.has(path));
  const again = await renderAll(missing, { cwd, kustomize, jobs, renderings });
  const heads = new Map(again.map((one) => [one.target.path, one]));
  const olds = targets.filter(({ path }) => !unchanged.has(path));
  const paths = new Set([...changed, ...olds].map(({ path }) => path));
  const headOf = (path: string) => present.rendered.get(path) ?? heads.get(path);
  const there = new Set(changed.map(({ path }) => path));
  return withRenames(
    [...paths].sort().map((path) => ({
      path,
      unchanged: false,
      base: rendered.get(path),
      head: there.has(path) ? headOf(path) : undefined,
    })),
  );
}

/** The schemas of all updated resources. The definitions of custom kinds may be in unchanged targets. */
async function schemasFor(compared: readonly Compared[], outcomes: readonly Outcome[], input: GateInput) {
  const updated = compared.flatMap(updatesIn).map(([, is]) => is);
  if (updated.length === 0) return loadSchemas();
  const groups = new Set(updated.map(({ apiVersion }) => groupOf(apiVersion)));
  const crds = [
    ...(await input.judging()).crds,
    ...definitionsIn(compared.flatMap(({ head }) => head?.resources ?? [])),
  ];
  const { installed } = input.config;
  const schemas = await loadSchemas(crds, groups, installed);
  if (updated.every(({ apiVersion, kind }) => schemas.kind(apiVersion, kind) !== undefined)) return schemas;
  const there = new Set(compared.map(({ path }) => path));
  const others = outcomes.filter((one) => one.crds.length > 0 && !there.has(one.target.path));
  const { cwd, kustomize, jobs, renderings } = input;
  const rendered = await renderAll(
    others.map(({ target }) => target),
    { cwd, kustomize, jobs, renderings },
  );
  return loadSchemas([...definitionsIn(rendered.flatMap(({ resources }) => resources)), ...crds], groups, installed);
}

async function issuesOf(
  compared: readonly Compared[],
  { outcomes }: Present,
  base: BaseRequest,
  input: GateInput,
): Promise<Map<string, readonly Issue[]>> {
  const budget = budgetOf(input, base.maxDeletions);
  const { versions, config } = input;
  const schemas = await schemasFor(compared, outcomes, input);
  const options = { versions, ipFamilies: config.ipFamilies, schemas };
  return new Map(
    compared.map((one) => {
      const storageClasses = storageClassesIn(one.head?.resources ?? []);
      const updates = updatesIn(one).flatMap(([was, is]) =>
        updateProblems(was, is, { ...options, storageClasses }).map((problem) => ({ problem, resource: is })),
      );
      return [one.path, [...updates, ...deletionsIn(one, budget)]];
    }),
  );
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

/** The resources that are updated in place, before and after. */
function updatesIn({ base, head }: Compared): [Resource, Resource][] {
  if (base === undefined || base.failed || head === undefined) return [];
  return matchResources(base.resources, head.resources).flatMap(({ before: was, after: is }): [Resource, Resource][] =>
    was === undefined || is === undefined || isNotUpdated(is) || isDeepStrictEqual(was.object, is.object)
      ? []
      : [[was, is]],
  );
}
