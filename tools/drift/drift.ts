import { isObject, type JsonObject, objectAt, stringAt } from "../core/json.ts";
import { type Resource, resourceId, resourceOf } from "../core/resource.ts";
import { type Position, reportedChange } from "../diff/change.ts";
import { type Conceal, concealing } from "../diff/conceal.ts";
import { addConfigEffects } from "../diff/config-effects.ts";
import type { Diff } from "../diff/diff.ts";
import { type Draft, pointersOf } from "../diff/draft.ts";
import type { Reason } from "../diff/effect.ts";
import { effectsOfField } from "../diff/field-effects.ts";
import { forecastOf } from "../diff/forecast/forecast.ts";
import type { Change, DiffReport } from "../diff/report.ts";
import { summaryOf } from "../diff/summary.ts";
import { addTrafficEffects } from "../diff/traffic-effects.ts";
import type { TargetContext } from "../policy/define.ts";
import { now } from "../system/clock.ts";
import { fieldDifferences } from "../validate/differences.ts";
import type { Schemas } from "../validate/index.ts";
import { ownerOf } from "./owner.ts";

/** The live state of one rendered object, and what applying it would change. */
export interface LiveState {
  readonly rendered: Resource;
  /** With `managedFields`; undefined if the object is not in the cluster. */
  readonly live: JsonObject | undefined;
  /** Both states from kubectl diff; undefined if they are the same. */
  readonly pair: { readonly before: JsonObject; readonly after: JsonObject } | undefined;
  /** The API server's error message, if it rejects the object. */
  readonly refusal: string | undefined;
}

interface DriftInput {
  /** The name of the cluster in reports. */
  readonly cluster: string;
  readonly target: string;
  readonly states: readonly LiveState[];
  /** The field manager that applies the target. */
  readonly manager: string;
  readonly context: Pick<TargetContext, "cluster" | "contracts" | "versions">;
  readonly schemas: Schemas;
  readonly locate: (
    items: readonly { readonly resource: Resource; readonly pointer: string }[],
  ) => readonly (Position | undefined)[];
}

/** How a cluster differs from Git and what syncing would do, in the form of a report on two revisions. */
export function drift(input: DriftInput): Diff {
  const start = now();
  const { states, target, cluster } = input;
  const found = states.flatMap((state) => {
    const draft = draftOf(state, input.schemas);
    return draft === undefined ? [] : [{ draft, state }];
  });
  const drafts = found.map(({ draft }) => draft);
  const contextOf = (resources: readonly Resource[]): TargetContext => ({
    target: { path: target, kind: "kustomization" },
    resources,
    ...input.context,
  });
  const after = contextOf(states.map((state) => afterOf(state, drafts)));
  addConfigEffects(drafts, after);
  addTrafficEffects(drafts, contextOf(states.flatMap(({ live }) => (live ? [resourceOf(live)] : []))), after);
  const conceal = concealing([...after.resources, ...states.flatMap(({ live }) => (live ? [resourceOf(live)] : []))]);
  const changes = conceal(found.map(({ draft, state }) => changeOf(draft, state, input, conceal)));
  const targets = [{ path: target, status: changes.length > 0 ? "changed" : "unchanged" } as const];
  const report: DiffReport = {
    schemaVersion: 1,
    base: cluster,
    head: "rendered",
    targets,
    changes,
    forecast: forecastOf(drafts, after),
    summary: summaryOf(targets, changes, start),
  };
  const objects = drafts.map(({ pair }) => objectsOf(pair.before, pair.after, target));
  return { report, objects: objects.map((one) => ((one.after ?? one.before)?.kind === "Secret" ? one : conceal(one))) };
}

function objectsOf(before: Resource | undefined, after: Resource | undefined, target: string) {
  const resource = resourceId((after ?? before) as Resource);
  return { target, resource, before: before?.object, after: after?.object };
}

function afterOf({ rendered }: LiveState, drafts: readonly Draft[]): Resource {
  return (
    drafts.map(({ pair }) => pair.after).find((one) => one && resourceId(one) === resourceId(rendered)) ?? rendered
  );
}

function draftOf({ rendered, live, pair, refusal }: LiveState, schemas: Schemas): Draft | undefined {
  const refused: Reason[] = refusal === undefined ? [] : [{ effect: "rejected", message: refusal }];
  if (live === undefined || refusal !== undefined) {
    const before = live === undefined ? undefined : resourceOf(written(live));
    const action = before === undefined ? "added" : "changed";
    return { pair: { before, after: rendered, link: "same" }, action, fields: [], reasons: refused, rollouts: [] };
  }
  if (pair === undefined) return undefined;
  const [before, after] = [resourceOf(written(pair.before)), resourceOf(written(pair.after))];
  const type = schemas.kind(rendered.apiVersion, rendered.kind)?.type;
  const fields = fieldDifferences(before.object, after.object, type).filter(({ reordered }) => !reordered);
  if (fields.length === 0) return undefined;
  const judged = fields.map((field) => effectsOfField(field, before, after));
  return { pair: { before, after, link: "same" }, action: "changed", fields: judged, reasons: [], rollouts: [] };
}

/** Metadata set by the API server and by controllers. */
const ofServer = ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];
const ofControllers = ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];

/** A live object without its status and the metadata that the API server and controllers set. */
export function written({ status: _, metadata, ...object }: JsonObject): JsonObject {
  if (!isObject(metadata)) return object;
  const own = without(metadata, ofServer);
  const annotations = without(objectAt(metadata, "annotations") ?? {}, ofControllers);
  const { annotations: __, ...rest } = own;
  return { ...object, metadata: { ...rest, ...(Object.keys(annotations).length > 0 && { annotations }) } };
}

function without(object: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));
}

function changeOf(
  draft: Draft,
  { rendered, live }: LiveState,
  { target, locate, manager }: DriftInput,
  conceal: Conceal,
): Change {
  const places = locate(pointersOf(draft, rendered).map((pointer) => ({ resource: rendered, pointer })));
  const change = reportedChange(draft, target, places, conceal);
  const fields = change.fields.map((field) => {
    const by = live && ownerOf(live, field.pointer, manager);
    return by === undefined ? field : { ...field, by };
  });
  return { ...change, fields };
}

/**
 * What a controller adds to each object that it applies, and would remove by applying an object without it.
 * https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#garbage-collection
 */
const marks = {
  annotations: ["argocd.argoproj.io/tracking-id", "argocd.argoproj.io/installation-id"],
  labels: [
    "app.kubernetes.io/instance",
    "argocd.argoproj.io/instance",
    "kustomize.toolkit.fluxcd.io/name",
    "kustomize.toolkit.fluxcd.io/namespace",
  ],
} as const;

/** A rendered object with the controller's marks from the live object. */
export function marked(rendered: Resource, live: JsonObject | undefined): Resource {
  if (live === undefined) return rendered;
  const metadata = objectAt(rendered.object, "metadata") ?? {};
  const more = Object.entries(marks).flatMap(([field, keys]): [string, JsonObject][] => {
    const [own, there] = [objectAt(metadata, field) ?? {}, objectAt(objectAt(live, "metadata"), field)];
    const found = keys.filter((key) => !Object.hasOwn(own, key) && stringAt(there, key) !== undefined);
    if (found.length === 0) return [];
    return [[field, { ...own, ...Object.fromEntries(found.map((key) => [key, there?.[key] ?? null])) }]];
  });
  if (more.length === 0) return rendered;
  return resourceOf({ ...rendered.object, metadata: { ...metadata, ...Object.fromEntries(more) } }, rendered.source);
}
