import { groupBy, groupByEach } from "../../core/group.ts";
import type { JsonObject } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { type Pod, podOf } from "../../core/pod.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";

/** A resource that is a pod or makes some, with what it says of them. */
export interface Workload {
  readonly resource: Resource;
  readonly pod: Pod;
}

/** What rules ask of all that a target renders; each part is made when the first rule asks for it. */
export interface TargetIndex {
  readonly workloads: readonly Workload[];
  /** Those that a namespace may hold. */
  readonly workloadsIn: (namespace: string | undefined) => readonly Workload[];
  /** Kinds are written with their group, as `GroupKind.String` does: `Service`, `Ingress.networking.k8s.io`. */
  readonly ofKind: (kind: string) => readonly Resource[];
  /** By kind and name, as seen from a namespace: one of that very namespace before one that may be of it. */
  readonly find: (kind: string, namespace: string | undefined, name: string) => Resource | undefined;
  /** Workloads of a namespace whose pods carry a label with this value. */
  readonly labelled: (namespace: string | undefined, key: string, value: string) => readonly Workload[];
}

/** The index of a target, made once for all rules. */
export const indexOf = perTarget(({ resources }) => makeIndex(resources));

/** What is worked out once for each target, when the first rule asks for it. */
export function perTarget<T>(make: (context: TargetContext) => T): (context: TargetContext) => T {
  return once(make);
}

function makeIndex(resources: readonly Resource[]): TargetIndex {
  const workloads = lazily(() => resources.flatMap(workloadOf));
  const byPlace = lazily(() => byNamespace(workloads(), ({ resource }) => resource.namespace));
  const kinds = lazily(() => groupBy(resources, groupKind));
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

/**
 * Whether two resources share a namespace. What names none goes into the one that whoever applies the target chooses,
 * which may be any of those that the others name.
 */
export function meets(one: string | undefined, other: string | undefined): boolean {
  return !one || !other || one === other;
}

/** Members that {@link meets} a namespace, found without asking all others. */
export function byNamespace<T>(
  members: readonly T[],
  namespaceOf: (member: T) => string | undefined,
): (namespace: string | undefined) => readonly T[] {
  const groups = groupBy(members, (member) => namespaceOf(member) ?? "");
  const anywhere = groups.get("") ?? [];
  return (namespace) => {
    if (!namespace) return members;
    const own = groups.get(namespace) ?? [];
    return anywhere.length === 0 ? own : [...own, ...anywhere];
  };
}

/** Whatever their order. */
function firstOf(called: readonly Resource[]): Resource | undefined {
  return called.reduce<Resource | undefined>(
    (first, one) => (first && idOf(first) <= idOf(one) ? first : one),
    undefined,
  );
}

/** What resources are told apart by within a target, whatever their order. */
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
 * Whether two resources are surely applied together: of a folder that nobody named, each file may be an example of its own.
 */
export function areTogether(one: Resource, other: Resource, { target }: TargetContext): boolean {
  return target.found !== true || one.source?.file === other.source?.file;
}
