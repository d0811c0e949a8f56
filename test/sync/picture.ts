import type { Bed } from "../e2e/bed.ts";
import type { Seen } from "./commits.ts";

/** An object as the API server returns it. */
export interface Live {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly generation?: number;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly name: string }[];
    readonly deletionTimestamp?: string;
  };
  readonly spec?: Readonly<Record<string, unknown>> & {
    readonly replicas?: number;
    readonly strategy?: { readonly type: string };
  };
  readonly status?: Readonly<Record<string, unknown>>;
}

/** The state of a namespace: the applied objects, and the pods of its Deployments. */
export interface Picture {
  readonly objects: ReadonlyMap<string, Live>;
  /** The uids of the pods of each Deployment, by its name. */
  readonly pods: ReadonlyMap<string, ReadonlySet<string>>;
}

const kinds = "deployments,services,persistentvolumeclaims,networkpolicies,poddisruptionbudgets,serviceaccounts";

/** What the control plane creates in every namespace. */
const own = new Set(["ServiceAccount/default"]);

export async function pictureOf(bed: Bed, namespace: string): Promise<Picture> {
  const inside = ["--namespace", namespace];
  const [{ items }, { items: sets }, { items: pods }] = await Promise.all([
    bed.get<{ items: Live[] }>([kinds, ...inside]),
    bed.get<{ items: Live[] }>(["replicasets", ...inside]),
    bed.get<{ items: Live[] }>(["pods", ...inside]),
  ]);
  const owner = new Map(sets.map(({ metadata }) => [metadata.name, metadata.ownerReferences?.[0]?.name ?? ""]));
  const objects = items.map((one) => [`${one.kind}/${one.metadata.name}`, one] as const).filter(([id]) => !own.has(id));
  const ofDeployment = new Map<string, Set<string>>();
  for (const { metadata } of pods.filter((one) => one.metadata.deletionTimestamp === undefined)) {
    const name = owner.get(metadata.ownerReferences?.[0]?.name ?? "") ?? "";
    ofDeployment.set(name, (ofDeployment.get(name) ?? new Set()).add(metadata.uid));
  }
  return { objects: new Map(objects), pods: ofDeployment };
}

/**
 * The effects between two pictures, in the terms of a forecast. `none` is an object whose spec or metadata changed without an
 * effect on anything that runs.
 */
export function happened(before: Picture, after: Picture): Seen[] {
  const ids = [...new Set([...before.objects.keys(), ...after.objects.keys()])];
  return ids
    .flatMap((id): Seen[] => {
      const [was, is] = [before.objects.get(id), after.objects.get(id)];
      if (was === undefined) return [`added ${id}`];
      if (is === undefined) return [`pruned ${id}`];
      if (was.metadata.uid !== is.metadata.uid) return [`recreate ${id}`];
      const effects = is.kind === "Deployment" ? deploymentEffects(was, is, before, after) : [];
      return effects.length === 0 && isChanged(was, is)
        ? [`none ${id}`]
        : effects.map((effect) => `${effect} ${id}` as Seen);
    })
    .sort();
}

function deploymentEffects(was: Live, is: Live, before: Picture, after: Picture) {
  const [old, now] = [before, after].map(({ pods }) => pods.get(is.metadata.name) ?? new Set<string>()) as [
    Set<string>,
    Set<string>,
  ];
  const kept = [...old].filter((uid) => now.has(uid)).length;
  const restarted = is.spec?.strategy?.type === "Recreate" ? ("recreate" as const) : ("rolling-restart" as const);
  return [
    ...(kept < Math.min(old.size, now.size) ? [restarted] : []),
    ...(was.spec?.replicas !== is.spec?.replicas && old.size !== now.size ? (["scale"] as const) : []),
  ];
}

function isChanged(was: Live, is: Live): boolean {
  return JSON.stringify(desired(was)) !== JSON.stringify(desired(is));
}

/** The desired state: neither the status nor the bookkeeping of the API server and its controllers. */
export function desired({ spec, metadata }: Live, marks: readonly RegExp[] = []): unknown {
  const kept = (map: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(map).filter(([key]) => ![...marks, ...bookkeeping].some((one) => one.test(key))));
  return { spec, labels: kept(metadata.labels), annotations: kept(metadata.annotations) };
}

const bookkeeping = [
  /^deployment\.kubernetes\.io\/revision$/,
  /^kubectl\.kubernetes\.io\/last-applied-configuration$/,
  /^pv\.kubernetes\.io\//,
  /^volume\.(?:beta\.)?kubernetes\.io\//,
];
