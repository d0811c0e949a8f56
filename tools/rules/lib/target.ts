import { groupBy, groupByEach } from "../../core/group.ts";
import { type JsonObject, objectAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { type Pod, podOf } from "../../core/pod.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";

/** A resource that is a pod or creates pods, with its pod template. */
export interface Workload {
  readonly resource: Resource;
  readonly pod: Pod;
}

/** Lookups in the resources of a target; each is built when it is first used. */
interface TargetIndex {
  readonly workloads: readonly Workload[];
  /** Workloads that may be in a namespace. */
  readonly workloadsIn: (namespace: string | undefined) => readonly Workload[];
  /** Kinds include their group, as in `GroupKind.String`: `Service`, `Ingress.networking.k8s.io`. */
  readonly ofKind: (kind: string) => readonly Resource[];
  /** Those of a kind that may be in a namespace. */
  readonly ofKindIn: (kind: string, namespace: string | undefined) => readonly Resource[];
  /** By kind and name, as seen from a namespace: a resource in exactly this namespace before one that may be in it. */
  readonly find: (kind: string, namespace: string | undefined, name: string) => Resource | undefined;
  /** Workloads in a namespace whose pods have a label with this value. */
  readonly labelled: (namespace: string | undefined, key: string, value: string) => readonly Workload[];
}

/** The index of a target, built once for all rules. */
export const indexOf = perTarget(({ resources }) => makeIndex(resources));

/** Computes something once per target, when it is first used. */
export function perTarget<T>(make: (context: TargetContext) => T): (context: TargetContext) => T {
  return once(make);
}

function makeIndex(resources: readonly Resource[]): TargetIndex {
  const workloads = lazily(() => resources.flatMap(workloadOf));
  const byPlace = lazily(() => byNamespace(workloads(), ({ resource }) => resource.namespace));
  const kinds = lazily(() => groupBy(resources, groupKind));
  const kindsIn = new Map<string, Placed<Resource>>();
  const names = lazily(() => groupBy(resources, (one) => key(groupKind(one), one.name)));
  const placed = lazily(() => groupBy(resources, (one) => key(one.namespace ?? "", key(groupKind(one), one.name))));
  const labels = lazily(() => groupByEach(workloads(), ({ pod }) => pairsOf(pod.labels)));
  const nearby = lazily(() =>
    groupByEach(workloads(), ({ pod, resource: { namespace = "" } }) =>
      pairsOf(pod.labels).map((pair) => key(namespace, pair)),
    ),
  );
  return {
    get workloads() {
      return workloads();
    },
    workloadsIn: (namespace) => byPlace()(namespace),
    ofKind: (kind) => kinds().get(kind) ?? [],
    ofKindIn: (kind, namespace) => {
      const known = kindsIn.get(kind) ?? byNamespace(kinds().get(kind) ?? [], (one) => one.namespace);
      kindsIn.set(kind, known);
      return known(namespace);
    },
    find: (kind, namespace, name) => {
      const [called, anywhere] = [key(kind, name), placed().get(key("", key(kind, name))) ?? []];
      if (!namespace) return anywhere[0] ?? firstOf(names().get(called) ?? []);
      return placed().get(key(namespace, called))?.[0] ?? firstOf(anywhere);
    },
    labelled: (namespace, name, value) => {
      const pair = key(name, value);
      if (!namespace) return labels().get(pair) ?? [];
      const [own, anywhere] = [namespace, ""].map((one) => nearby().get(key(one, pair)) ?? []);
      return anywhere?.length ? [...(own ?? []), ...anywhere] : (own ?? []);
    },
  };
}

/** `Deployment.apps`, `Service`. */
export const groupKind = once(({ apiVersion, kind }: Resource): string => {
  const group = groupOf(apiVersion);
  return group === "" ? kind : `${kind}.${group}`;
});

/** The kinds of such ids without their groups, each once. */
export function withoutGroups(kinds: readonly string[]): string[] {
  return [...new Set(kinds.map((kind) => kind.split(".", 1)[0] ?? ""))];
}

/** The label that gives every namespace its name. */
export const namespaceName = "kubernetes.io/metadata.name";

/** The labels of a namespace, with its name; undefined if the target does not render it. */
export function labelsOfNamespace(name: string, context: TargetContext): JsonObject | undefined {
  const namespace = indexOf(context).find("Namespace", undefined, name);
  if (namespace === undefined) return undefined;
  return { ...objectAt(objectAt(namespace.object, "metadata"), "labels"), [namespaceName]: name };
}

/**
 * Whether two namespaces may be the same. A resource without one goes to a namespace that is chosen when the target is
 * applied, which may be any.
 */
export function mayBeSameNamespace(one: string | undefined, other: string | undefined): boolean {
  return !one || !other || one === other;
}

type Placed<T> = (namespace: string | undefined) => readonly T[];

/** Finds the members that may be in a namespace, as {@link mayBeSameNamespace} has it, without testing all members. */
export function byNamespace<T>(members: readonly T[], namespaceOf: (member: T) => string | undefined): Placed<T> {
  const groups = groupBy(members, (member) => namespaceOf(member) ?? "");
  const anywhere = groups.get("") ?? [];
  return (namespace) => {
    if (!namespace) return members;
    const own = groups.get(namespace) ?? [];
    return anywhere.length === 0 ? own : [...own, ...anywhere];
  };
}

/** The first by id, whatever the order. */
function firstOf(called: readonly Resource[]): Resource | undefined {
  return called.reduce<Resource | undefined>(
    (first, one) => (first && idOf(first) <= idOf(one) ? first : one),
    undefined,
  );
}

/** Identifies a resource within a target, independently of the order. */
export function idOf({ kind, namespace, name }: Resource): string {
  return [kind, namespace ?? "", name].join("/");
}

function workloadOf(resource: Resource): Workload[] {
  const pod = podOf(resource);
  return pod === undefined ? [] : [{ resource, pod }];
}

function pairsOf(labels: JsonObject): string[] {
  return Object.entries(labels).map(([name, value]) => key(name, String(value)));
}

function key(first: string, second: string): string {
  return `${first}\n${second}`;
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * Whether two resources are certainly applied together: in a folder that was found rather than named, each file may be a
 * separate example.
 */
export function areTogether(one: Resource, other: Resource, { target }: TargetContext): boolean {
  return target.found !== true || one.source?.file === other.source?.file;
}
