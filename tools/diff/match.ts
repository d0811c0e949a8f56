import { groupOf, type Resource } from "../core/resource.ts";

/** One object in two states; at most one of them is missing. */
export interface Match {
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
}

/**
 * Kinds that moved from one group to another: the objects stayed the same.
 * https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 */
const movedFrom: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  extensions: {
    DaemonSet: "apps",
    Deployment: "apps",
    Ingress: "networking.k8s.io",
    NetworkPolicy: "networking.k8s.io",
    ReplicaSet: "apps",
  },
};

/** What makes two manifests the same object of a cluster: its group, kind, namespace and name; the version of its API not. */
export function objectId({ apiVersion, kind, namespace = "", name }: Resource): string {
  return JSON.stringify([groupNow(groupOf(apiVersion), kind), kind, namespace, name]);
}

function groupNow(group: string, kind: string): string {
  const kinds = Object.hasOwn(movedFrom, group) ? movedFrom[group] : undefined;
  return (kinds && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined) ?? group;
}

/** The objects of two states side by side: those of the second in its order, then those that only the first has. */
export function matchResources(before: readonly Resource[], after: readonly Resource[]): Match[] {
  const old = new Map(before.map((resource) => [objectId(resource), resource]));
  const matches = after.map((resource): Match => ({ before: old.get(objectId(resource)), after: resource }));
  const present = new Set(after.map(objectId));
  const gone = [...old].filter(([id]) => !present.has(id));
  return [...matches, ...gone.map(([, resource]): Match => ({ before: resource, after: undefined }))];
}
