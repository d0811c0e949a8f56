import { type Bed, demand, eventually } from "../bed.ts";

/** The fields of a pod that the points read. */
export interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[] };
  readonly status: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
  };
}

export const tierLabels = {
  "redis-master": "app=redis,role=master",
  "redis-slave": "app=redis,role=slave",
  frontend: "app=guestbook,tier=frontend",
};
export type Tier = keyof typeof tierLabels;

export function namespaceOf(overlay: string): string {
  return `guestbook-${overlay}`;
}

export function inside(overlay: string): string[] {
  return ["--namespace", namespaceOf(overlay)];
}

/** The pods of a tier, without those that are terminating. */
export async function podsOf(bed: Bed, overlay: string, tier: Tier): Promise<Pod[]> {
  const { items } = await bed.get<{ items: Pod[] }>(["pods", ...inside(overlay), "-l", tierLabels[tier]]);
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

export function isReady({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

export function restartsOf({ status }: Pod): number {
  return (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** Waits until a tier has all its pods, and all are ready. @returns milliseconds */
export async function untilReady(bed: Bed, overlay: string, tier: Tier, seconds = 120): Promise<number> {
  const { ms } = await eventually(
    `${tier} is not ready`,
    async () => {
      const { spec } = await bed.get<{ spec: { replicas: number } }>([`deployment/${tier}`, ...inside(overlay)]);
      const pods = await podsOf(bed, overlay, tier);
      return pods.length === spec.replicas && pods.every(isReady) ? true : undefined;
    },
    seconds,
  );
  return ms;
}

/** The URL of guestbook.php on each frontend pod. */
export async function frontendUrls(bed: Bed, overlay: string): Promise<string[]> {
  const pods = await podsOf(bed, overlay, "frontend");
  return pods.map(({ metadata, spec, status }) => {
    const port = spec.containers[0]?.ports?.[0]?.containerPort;
    demand(status.podIP !== undefined && port !== undefined, `${metadata.name} has no address`);
    return api(status.podIP, port);
  });
}

/** The URL of guestbook.php at the cluster IP of the Service. */
export async function serviceUrl(bed: Bed, overlay: string): Promise<string> {
  const { spec } = await bed.get<{ spec: { clusterIP: string } }>(["service/frontend", ...inside(overlay)]);
  return api(spec.clusterIP, 80);
}

function api(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}/guestbook.php`;
}

/** Runs redis-cli in a pod. */
export async function redis(bed: Bed, overlay: string, pod: Pod, words: readonly string[]): Promise<string> {
  const all = await bed.kubectl(["exec", ...inside(overlay), pod.metadata.name, "--", "redis-cli", ...words]);
  return all.replace(/\n$/, "");
}
