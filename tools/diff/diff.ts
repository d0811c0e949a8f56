import type { FeatureGate, IpFamily } from "../core/existing.ts";
import type { JsonObject } from "../core/json.ts";
import { definitionsIn, groupOf, type Resource, renders, resourceId } from "../core/resource.ts";
import type { TargetContext } from "../policy/define.ts";
import type { RenderedTarget } from "../render/rendering.ts";
import { now } from "../system/clock.ts";
import { loadSchemas, type ValidateOptions, withCrds } from "../validate/index.ts";
import { isSame } from "../validate/update/compare.ts";
import { type Position, reportedChange } from "./change.ts";
import { draftsOf } from "./changes.ts";
import { type Conceal, concealing } from "./conceal.ts";
import { type Draft, pointersOf, subjectOf } from "./draft.ts";
import { forecastOf } from "./forecast/forecast.ts";
import type { Forecast } from "./forecast/report.ts";
import type { ObjectPair } from "./formats/format.ts";
import { type Compared, withRenames } from "./moves.ts";
import { pairResources } from "./pairs.ts";
import { mayHaveMoved, withoutRemoved } from "./removed.ts";
import type { Change, DiffReport, SideProblem, TargetChange } from "./report.ts";
import type { Sides } from "./sides.ts";
import { summaryOf } from "./summary.ts";

/** Finds the source lines to edit for fields of a target's resources. */
export type Locate = (
  rendered: RenderedTarget,
  items: readonly { readonly resource: Resource; readonly pointer: string }[],
) => readonly (Position | undefined)[];

interface DiffInput {
  /** The names of the two states in the report. */
  readonly base: string;
  readonly head: string;
  readonly sides: readonly Sides[];
  readonly versions: readonly string[];
  /** The IP families that the cluster has Service addresses for. */
  readonly ipFamilies?: readonly IpFamily[] | undefined;
  /** The feature gates that the cluster has on, besides those that are on by default. */
  readonly featureGates?: readonly FeatureGate[] | undefined;
  /** Configured facts about the cluster and the images; they decide which pods a Service finds. */
  readonly context: Pick<TargetContext, "cluster" | "contracts">;
  /** CustomResourceDefinitions listed in the configuration. */
  readonly crds: readonly JsonObject[];
  /** The bundled definitions that the cluster has installed. */
  readonly installed?: readonly string[] | undefined;
  /** Loads definitions for API groups with kinds that neither the two sides nor `crds` and `installed` define. */
  readonly elsewhere?: (groups: ReadonlySet<string>) => Promise<readonly JsonObject[]>;
  readonly locate: Locate;
}

/** Compares two rendered states: what changes, what that does to the cluster, and where to edit it. */
export async function diff(input: DiffInput): Promise<Diff> {
  const start = now();
  const compared = withRenames(input.sides);
  const { versions, ipFamilies, featureGates } = input;
  const options = { versions, ipFamilies, featureGates, schemas: await schemasFor(input) };
  const results = compared.map((one) => {
    const { changes, forecast } = changesOf(one, options, input);
    return { target: targetChange(one), changes, forecast };
  });
  const targets = results.map(({ target, changes }) => settled(target, changes));
  const changes = results.flatMap((one) => one.changes);
  const forecast = merged(results.map((one) => one.forecast));
  const { base, head } = input;
  const summary = summaryOf(targets, changes, start);
  const report: DiffReport = { schemaVersion: 1, base, head, targets, changes, forecast, summary };
  return { report, objects: compared.flatMap((one) => concealedObjects(one, objectsOf(one))) };
}

/** A report, with the manifests of the objects in it. */
export interface Diff {
  readonly report: DiffReport;
  readonly objects: readonly ObjectPair[];
}

/** Hides the secrets that the target has on either side. */
function concealingIn({ base, head }: Compared): Conceal {
  return concealing([...resourcesOf(base), ...resourcesOf(head)]);
}

/** Secrets stay as they are: the reporter hides all their values, after it has compared them. */
function concealedObjects(one: Compared, objects: readonly ObjectPair[]): readonly ObjectPair[] {
  const shown = objects.length === 0 ? objects : concealingIn(one)(objects);
  return objects.map((pair, index) => ((pair.after ?? pair.before)?.kind === "Secret" ? pair : (shown[index] ?? pair)));
}

/** The objects whose manifests differ. */
function objectsOf({ path, unchanged, base, head }: Compared): ObjectPair[] {
  if (unchanged || (head && !renders(head))) return [];
  return pairResources(before({ base, head }), resourcesOf(head))
    .filter(({ before, after }) => !isSame(before?.object, after?.object))
    .map(({ before, after }) => ({
      target: path,
      resource: resourceId((after ?? before) as Resource),
      before: before?.object,
      after: after?.object,
    }));
}

/** The resources of one side; empty if the target is missing or does not render. */
function resourcesOf(rendered: RenderedTarget | undefined): readonly Resource[] {
  return rendered === undefined || !renders(rendered) ? [] : rendered.resources;
}

/** The resources of the base, without those that may be in what HEAD does not render. */
function before({ base, head }: Pick<Compared, "base" | "head">): readonly Resource[] {
  const resources = resourcesOf(base);
  return mayHaveMoved(base, head) ? withoutRemoved(resources, resourcesOf(head)) : resources;
}

async function schemasFor({ sides, crds, installed, elsewhere }: DiffInput) {
  const all = sides.flatMap(({ base, head }) => [...(head?.resources ?? []), ...(base?.resources ?? [])]);
  const groups = new Set(all.map(({ apiVersion }) => groupOf(apiVersion)));
  const schemas = await loadSchemas([...crds, ...definitionsIn(all)], groups, installed);
  const unknown = all.filter(({ apiVersion, kind }) => schemas.kind(apiVersion, kind) === undefined);
  if (unknown.length === 0 || elsewhere === undefined) return schemas;
  const found = await elsewhere(new Set(unknown.map(({ apiVersion }) => groupOf(apiVersion))));
  return withCrds(schemas, found);
}

function targetChange({ path, from, unchanged, base, head }: Compared): TargetChange {
  if (unchanged) return { path, status: "unchanged" };
  const problems = [...problemsOf(base, "base"), ...problemsOf(head, "head")];
  if (problems.length > 0) return { path, status: "error", problems };
  if (from !== undefined) return { path, status: "renamed", from };
  return { path, status: base === undefined ? "added" : head === undefined ? "removed" : "changed" };
}

function problemsOf(rendered: RenderedTarget | undefined, side: SideProblem["side"]): SideProblem[] {
  if (!rendered?.failed) return [];
  return rendered.problems.map(({ message, help, file, line }) => ({
    side,
    message,
    ...(help !== undefined && { help }),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(rendered.isPartial && { partial: true }),
  }));
}

/** A target whose files differ but render to the same objects is unchanged. */
function settled(target: TargetChange, changes: readonly Change[]): TargetChange {
  return target.status === "changed" && changes.length === 0 ? { ...target, status: "unchanged" } : target;
}

/**
 * If the base does not render, everything in HEAD is new; if HEAD does not, nothing is known. What both render in part is
 * compared.
 */
function changesOf(one: Compared, options: ValidateOptions, input: DiffInput) {
  const { path, unchanged, base, head } = one;
  if (unchanged || (head && !renders(head))) return { changes: [], forecast: noForecast };
  const contextOf = (rendered: RenderedTarget | undefined, resources: readonly Resource[]): TargetContext => ({
    target: { path, kind: "kustomization" },
    resources,
    ...input.context,
    versions: input.versions,
    ...(rendered?.isPartial && { isPartial: true }),
  });
  const after = contextOf(head, resourcesOf(head));
  const drafts = draftsOf(contextOf(base, before(one)), after, options);
  if (drafts.length === 0) return { changes: [], forecast: noForecast };
  const conceal = concealingIn(one);
  return {
    // Messages may quote values, too.
    changes: conceal(drafts.map((draft) => changeOf(draft, path, head, input, conceal))),
    // If the base does not render, it is unknown what is running; and what else will be, if HEAD renders only in part.
    forecast: base?.failed || head?.failed ? noForecast : forecastOf(drafts, after),
  };
}

const noForecast: Forecast = { rollouts: [], services: [], configs: [] };

function merged(all: readonly Forecast[]): Forecast {
  return {
    rollouts: all.flatMap(({ rollouts }) => rollouts),
    services: all.flatMap(({ services }) => services),
    configs: all.flatMap(({ configs }) => configs),
  };
}

function changeOf(
  draft: Draft,
  target: string,
  head: RenderedTarget | undefined,
  { locate }: DiffInput,
  conceal: Conceal,
): Change {
  const subject = subjectOf(draft);
  const isThere = draft.pair.after !== undefined && head !== undefined;
  const places = isThere
    ? locate(
        head,
        pointersOf(draft, subject).map((pointer) => ({ resource: subject, pointer })),
      )
    : [];
  return reportedChange(draft, target, places, conceal);
}
