import { groupOf, type Resource } from "../core/resource.ts";

/** One object in two states; at most one of them is missing. */
export interface Match {
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
}

/**
 * Kinds that moved to another API group; their objects stayed the same.
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

/** Identifies an object in a cluster by group, kind, namespace and name, ignoring the API version. */
export function objectId({ apiVersion, kind, namespace = "", name }: Resource): string {
  return JSON.stringify([groupNow(groupOf(apiVersion), kind), kind, namespace, name]);
}

function groupNow(group: string, kind: string): string {
  const kinds = Object.hasOwn(movedFrom, group) ? movedFrom[group] : undefined;
  return (kinds && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined) ?? group;
}

/** The objects of two states side by side: those in the second, in its order, then those only in the first. */
export function matchResources(before: readonly Resource[], after: readonly Resource[]): Match[] {
  const old = new Map(before.map((resource) => [objectId(resource), resource]));
  const matches = after.map((resource): Match => ({ before: old.get(objectId(resource)), after: resource }));
  const present = new Set(after.map(objectId));
  const gone = [...old].filter(([id]) => !present.has(id));
  return [...matches, ...gone.map(([, resource]): Match => ({ before: resource, after: undefined }))];
}
