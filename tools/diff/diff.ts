import type { IpFamily } from "../core/existing.ts";
import type { JsonObject } from "../core/json.ts";
import { definitionsIn, groupOf, type Resource, resourceId } from "../core/resource.ts";
import type { TargetContext } from "../policy/define.ts";
import type { RenderedTarget } from "../render/rendering.ts";
import { loadSchemas, type ValidateOptions, withCrds } from "../validate/index.ts";
import { isSame } from "../validate/update/compare.ts";
import { type Position, toldChange } from "./change.ts";
import { draftsOf } from "./changes.ts";
import { concealing } from "./conceal.ts";
import { type Draft, pointersOf, subjectOf } from "./draft.ts";
import { forecastOf } from "./forecast/forecast.ts";
import type { Forecast } from "./forecast/report.ts";
import type { ObjectPair } from "./formats/format.ts";
import { type Compared, withRenames } from "./moves.ts";
import { pairResources } from "./pairs.ts";
import type { Change, DiffReport, SideProblem, TargetChange } from "./report.ts";
import type { Sides } from "./sides.ts";
import { summaryOf } from "./summary.ts";

/** Where a person edits a place of a resource of a target. */
export type Locate = (
  rendered: RenderedTarget,
  items: readonly { readonly resource: Resource; readonly pointer: string }[],
) => readonly (Position | undefined)[];

export interface DiffInput {
  /** As they are called in the report. */
  readonly base: string;
  readonly head: string;
  readonly sides: readonly Sides[];
  readonly versions: readonly string[];
  /** Of which families the cluster has addresses for Services. */
  readonly ipFamilies?: readonly IpFamily[] | undefined;
  /** What the configuration says of the cluster and of images, for what a Service finds. */
  readonly context: Pick<TargetContext, "cluster" | "contracts">;
  /** CustomResourceDefinitions that the configuration names. */
  readonly crds: readonly JsonObject[];
  /** What the cluster has of what comes with the gate. */
  readonly installed?: readonly string[] | undefined;
  /** Definitions of kinds of these API groups, where neither side has them, nor the two above. */
  readonly elsewhere?: (groups: ReadonlySet<string>) => Promise<readonly JsonObject[]>;
  readonly locate: Locate;
}

/** What changes between two rendered states, what that does to the cluster, and where it is edited. */
export async function diff(input: DiffInput): Promise<Diff> {
  const start = performance.now();
  const compared = withRenames(input.sides);
  const { versions, ipFamilies } = input;
  const options = { versions, ipFamilies, schemas: await schemasFor(input) };
  const told = compared.map((one) => {
    const { changes, forecast } = changesOf(one, options, input);
    return { target: targetChange(one), changes: concealed(one, changes), forecast };
  });
  const targets = told.map(({ target, changes }) => settled(target, changes));
  const changes = told.flatMap((one) => one.changes);
  const forecast = together(told.map((one) => one.forecast));
  const { base, head } = input;
  const summary = summaryOf(targets, changes, start);
  const report: DiffReport = { schemaVersion: 1, base, head, targets, changes, forecast, summary };
  return { report, objects: compared.flatMap((one) => concealedObjects(one, objectsOf(one))) };
}

export interface Diff {
  readonly report: DiffReport;
  readonly objects: readonly ObjectPair[];
}

/** Without the secrets that the target has on either side. */
function concealed<T>({ base, head }: Compared, shown: readonly T[]): readonly T[] {
  if (shown.length === 0) return shown;
  return concealing([...resourcesOf(base), ...resourcesOf(head)])(shown);
}

/** Of a Secret all values are hidden, when it is known which of them differ. */
function concealedObjects(one: Compared, objects: readonly ObjectPair[]): readonly ObjectPair[] {
  const shown = concealed(one, objects);
  return objects.map((pair, index) => ((pair.after ?? pair.before)?.kind === "Secret" ? pair : (shown[index] ?? pair)));
}

/** The manifests that are not the same. */
function objectsOf({ path, unchanged, base, head }: Compared): ObjectPair[] {
  if (unchanged || head?.failed) return [];
  return pairResources(resourcesOf(base), resourcesOf(head))
    .filter(({ before, after }) => !isSame(before?.object, after?.object))
    .map(({ before, after }) => ({
      target: path,
      resource: resourceId((after ?? before) as Resource),
      before: before?.object,
      after: after?.object,
    }));
}

/** What a side holds; nothing where it is not there, or does not render. */
function resourcesOf(rendered: RenderedTarget | undefined): readonly Resource[] {
  return rendered === undefined || rendered.failed ? [] : rendered.resources;
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
  }));
}

/** A target whose files differ, and that renders to the same. */
function settled(target: TargetChange, changes: readonly Change[]): TargetChange {
  return target.status === "changed" && changes.length === 0 ? { ...target, status: "unchanged" } : target;
}

/** Where the base does not render, all that HEAD has is new; where HEAD does not, nothing is known. */
function changesOf({ path, unchanged, base, head }: Compared, options: ValidateOptions, input: DiffInput) {
  if (unchanged || head?.failed) return { changes: [], forecast: noForecast };
  const contextOf = (rendered: RenderedTarget | undefined): TargetContext => ({
    target: { path, kind: "kustomization" },
    resources: resourcesOf(rendered),
    ...input.context,
    versions: input.versions,
  });
  const after = contextOf(head);
  const drafts = draftsOf(contextOf(base), after, options);
  return {
    changes: drafts.map((draft) => changeOf(draft, path, head, input)),
    // Of a base that does not render it is not known what runs.
    forecast: base?.failed ? noForecast : forecastOf(drafts, after),
  };
}

const noForecast: Forecast = { rollouts: [], services: [], configs: [] };

function together(all: readonly Forecast[]): Forecast {
  return {
    rollouts: all.flatMap(({ rollouts }) => rollouts),
    services: all.flatMap(({ services }) => services),
    configs: all.flatMap(({ configs }) => configs),
  };
}

function changeOf(draft: Draft, target: string, head: RenderedTarget | undefined, { locate }: DiffInput): Change {
  const subject = subjectOf(draft);
  const isThere = draft.pair.after !== undefined && head !== undefined;
  const places = isThere
    ? locate(
        head,
        pointersOf(draft, subject).map((pointer) => ({ resource: subject, pointer })),
      )
    : [];
  return toldChange(draft, target, places);
}
