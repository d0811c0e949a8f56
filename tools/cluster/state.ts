import { groupBy } from "../core/group.ts";
import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { type Resource, resourceOf } from "../core/resource.ts";

/** What a cluster holds at one moment, as far as it was asked for. */
export interface State {
  readonly ofKind: (kind: string) => readonly Resource[];
  /** The object that a rendered one became. */
  readonly find: (resource: Resource) => Resource | undefined;
  /** What names the object as one of its owners. */
  readonly ownedBy: (owner: Resource) => readonly Resource[];
  /** What is told of the object, the latest last. */
  readonly eventsOf: (resource: Resource) => readonly JsonObject[];
}

/** The kinds that say how a target fares, for `kubectl get`; what a target renders beyond them has no pods. */
export const stateKinds = [
  "deployments.apps",
  "replicasets.apps",
  "statefulsets.apps",
  "daemonsets.apps",
  "jobs.batch",
  "pods",
  "services",
  "endpointslices.discovery.k8s.io",
  "events",
].join(",");

/** Indexes what `kubectl get` lists. */
export function stateOf(objects: readonly JsonObject[]): State {
  const resources = objects.map((object) => resourceOf(object));
  const kinds = groupBy(resources, ({ kind }) => kind);
  const named = groupBy(resources, identity);
  const owned = new Map<string, Resource[]>();
  for (const resource of resources) {
    for (const owner of ownersOf(resource)) owned.set(owner, [...(owned.get(owner) ?? []), resource]);
  }
  const events = groupBy([...(kinds.get("Event") ?? [])].map(({ object }) => object).sort(byTime), subject);
  return {
    ofKind: (kind) => kinds.get(kind) ?? [],
    find: (resource) => named.get(identity(resource))?.[0],
    ownedBy: (owner) => owned.get(uidOf(owner)) ?? [],
    eventsOf: (resource) => events.get(uidOf(resource)) ?? [],
  };
}

/** The objects of what `kubectl get -o json` and `kubectl apply -o json` print: a List, or one alone. */
export function itemsOf(printed: JsonObject): JsonObject[] {
  return stringAt(printed, "kind") === "List" ? listAt(printed, "items").filter(isObject) : [printed];
}

/** Resources where the API server puts those that name no namespace. Of no meaning for kinds that have none. */
export function placed(resources: readonly Resource[], fallback: string): Resource[] {
  return resources.map((resource) =>
    resource.namespace === undefined ? { ...resource, namespace: fallback } : resource,
  );
}

/** Without the version: one object is served at several. */
export function identity({ apiVersion, kind, namespace, name }: Resource): string {
  return [apiVersion.split("/").slice(0, -1).join(), kind, namespace ?? "", name].join("/");
}

/** A number of an object; 0 where there is none, as the API server leaves zeros out. */
export function countAt(object: JsonObject | undefined, key: string): number {
  const value = object?.[key];
  return typeof value === "number" ? value : 0;
}

/** The members of a list of objects. */
export function objectsAt(object: JsonObject | undefined, key: string): JsonObject[] {
  return listAt(object, key).filter(isObject);
}

/** The condition of a type, such as `Ready`. */
export function conditionOf({ object }: Resource, type: string): JsonObject | undefined {
  return objectsAt(objectAt(object, "status"), "conditions").find((condition) => condition.type === type);
}

export function uidOf({ object }: Resource): string {
  return stringAt(objectAt(object, "metadata"), "uid") ?? "";
}

function ownersOf({ object }: Resource): string[] {
  return objectsAt(objectAt(object, "metadata"), "ownerReferences").map((owner) => stringAt(owner, "uid") ?? "");
}

function subject(event: JsonObject): string {
  return stringAt(objectAt(event, "involvedObject"), "uid") ?? "";
}

function byTime(a: JsonObject, b: JsonObject): number {
  return timeOf(a) < timeOf(b) ? -1 : 1;
}

/** An event that was counted has the time of its last; one of the newer API the time of the first, or of its series. */
function timeOf(event: JsonObject): string {
  const series = stringAt(objectAt(event, "series"), "lastObservedTime");
  return series ?? stringAt(event, "lastTimestamp") ?? stringAt(event, "eventTime") ?? "";
}
