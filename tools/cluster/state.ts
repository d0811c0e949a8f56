import { groupBy } from "../core/group.ts";
import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { type Resource, resourceOf } from "../core/resource.ts";

/** A snapshot of the objects that were fetched from a cluster. */
export interface State {
  readonly ofKind: (kind: string) => readonly Resource[];
  /** The live object of a rendered resource. */
  readonly find: (resource: Resource) => Resource | undefined;
  /** The objects with the owner in their `ownerReferences`. */
  readonly ownedBy: (owner: Resource) => readonly Resource[];
  /** The events of an object, latest last. */
  readonly eventsOf: (resource: Resource) => readonly JsonObject[];
}

/** The kinds that show the health of a target, for `kubectl get`; other kinds have no pods. */
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

/** Indexes objects from `kubectl get`. */
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

/** The objects printed by `kubectl get -o json` and `kubectl apply -o json`: a List or a single object. */
export function itemsOf(printed: JsonObject): JsonObject[] {
  return stringAt(printed, "kind") === "List" ? listAt(printed, "items").filter(isObject) : [printed];
}

/** Sets the fallback namespace on resources without one. It has no effect on cluster-scoped kinds. */
export function placed(resources: readonly Resource[], fallback: string): Resource[] {
  return resources.map((resource) =>
    resource.namespace === undefined ? { ...resource, namespace: fallback } : resource,
  );
}

/** Identifies an object regardless of version: an object is served in several versions. */
export function identity({ apiVersion, kind, namespace, name }: Resource): string {
  return [apiVersion.split("/").slice(0, -1).join(), kind, namespace ?? "", name].join("/");
}

/** A number field of an object; 0 if missing, because the API server omits zeros. */
export function countAt(object: JsonObject | undefined, key: string): number {
  const value = object?.[key];
  return typeof value === "number" ? value : 0;
}

/** The objects in a list field. */
export function objectsAt(object: JsonObject | undefined, key: string): JsonObject[] {
  return listAt(object, key).filter(isObject);
}

/** The condition of a given type, such as `Ready`. */
export function conditionOf({ object }: Resource, type: string): JsonObject | undefined {
  return objectsAt(objectAt(object, "status"), "conditions").find((condition) => condition.type === type);
}

function uidOf({ object }: Resource): string {
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

/** The time of the last occurrence; events of the newer API have it in `series`, or only the time of the first. */
function timeOf(event: JsonObject): string {
  const series = stringAt(objectAt(event, "series"), "lastObservedTime");
  return series ?? stringAt(event, "lastTimestamp") ?? stringAt(event, "eventTime") ?? "";
}
