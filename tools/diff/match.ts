import { groupOf, type Resource } from "../core/resource.ts";

/** One object in two states; at most one of them is missing. */
export interface Match {
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
}

/** What makes two manifests the same object of a cluster: its group, kind, namespace and name; the version of its API not. */
export function objectId({ apiVersion, kind, namespace = "", name }: Resource): string {
  return JSON.stringify([groupOf(apiVersion), kind, namespace, name]);
}

/** The objects of two states side by side: those of the second in its order, then those that only the first has. */
export function matchResources(before: readonly Resource[], after: readonly Resource[]): Match[] {
  const old = new Map(before.map((resource) => [objectId(resource), resource]));
  const matches = after.map((resource): Match => ({ before: old.get(objectId(resource)), after: resource }));
  const present = new Set(after.map(objectId));
  const gone = [...old].filter(([id]) => !present.has(id));
  return [...matches, ...gone.map(([, resource]): Match => ({ before: resource, after: undefined }))];
}
