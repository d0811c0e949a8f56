import { setTimeout as sleep } from "node:timers/promises";
import { demand, eventually } from "../e2e/bed.ts";
import { deployment } from "./commits.ts";
import { findings } from "./forecast.ts";
import type { Repository } from "./repository.ts";
import type { Scene } from "./scene.ts";

/** A patch whose stored form differs from its source, and whether Argo CD ever sees it in sync. */
export interface Shape {
  readonly what: string;
  readonly patch: string;
  readonly settles: boolean;
}

const cpu = (amount: string): string =>
  deployment("redis-slave", {
    template: { spec: { containers: [{ name: "slave", resources: { requests: { cpu: amount } } }] } },
  });

/** Quantities that Argo CD normalizes like the API server, a field that the API server sets, and one that a controller counts. */
export const shapes: readonly Shape[] = [
  { what: "a request of 0.1005m", patch: cpu("0.1005m"), settles: true },
  { what: "a request of 1m", patch: cpu("1m"), settles: true },
  { what: "a request of 1000m", patch: cpu("1000m"), settles: true },
  {
    what: "a Service with an empty clusterIP",
    patch: JSON.stringify({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "redis-slave" },
      spec: { clusterIP: "" },
    }),
    settles: false,
  },
  {
    what: "a Deployment with a revision annotation",
    patch: JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "redis-slave", annotations: { "deployment.kubernetes.io/revision": "700" } },
    }),
    settles: false,
  },
];

/** The overlay that is checked by all rules. */
const overlay = "production";

/** The gate warns if, and only if, Argo CD sees the shape out of sync forever. */
export async function inSync(scene: Scene, { what, patch, settles }: Shape): Promise<string> {
  const { bed, controller, repository, publish } = scene;
  const commit = await write(repository, what, patch);
  const found = await hasWarning(repository);
  demand(found !== settles, `gitops check ${found ? "warns" : "does not warn"} about ${what}`);
  await publish();
  await controller.nudge(bed, overlay);
  const short = commit.slice(0, 7);
  if (settles)
    await eventually(`${what} in sync at ${short}`, async () => (await isSynced(scene, commit)) || undefined, 300);
  else await eventually(`${what} applied at ${short}`, async () => (await isApplied(scene, commit)) || undefined, 300);
  // From now on the sync status must not change.
  let looks = 0;
  for (const end = performance.now() + (settles ? 20_000 : 60_000); performance.now() < end; looks++) {
    await sleep(2000);
    const synced = await isSynced(scene, commit);
    demand(synced === settles, `${what} is ${synced ? "" : "not "}in sync after ${looks} polls`);
  }
  return settles ? `Synced in all of ${looks} polls` : `gitops/never-in-sync; OutOfSync in all of ${looks} polls`;
}

/** Commits the patch to the overlay. @returns the commit */
export async function write(repository: Repository, what: string, patch: string): Promise<string> {
  const folder = `overlays/${overlay}`;
  const list = await repository.run("git", ["show", `HEAD:${folder}/kustomization.yaml`]);
  return repository.commit(what, {
    [`${folder}/shape.yaml`]: patch,
    [`${folder}/kustomization.yaml`]: list.includes("shape.yaml") ? list : `${list}patches:\n  - path: shape.yaml\n`,
  });
}

export async function hasWarning(repository: Repository): Promise<boolean> {
  return (await findings(repository, [`overlays/${overlay}`])).some(({ rule }) => rule === "gitops/never-in-sync");
}

async function isSynced({ bed, controller }: Scene, commit: string): Promise<boolean> {
  const standing = await controller.standing(bed, overlay);
  return standing?.revision === commit && standing.synced;
}

/** Whether Argo CD has applied the commit and compared again: what is out of sync then stays out of sync. */
async function isApplied({ bed, controller }: Scene, commit: string): Promise<boolean> {
  const { status } = await bed.get<{
    status?: {
      reconciledAt?: string;
      operationState?: { phase: string; finishedAt?: string; syncResult?: { revision: string } };
    };
  }>([`applications.argoproj.io/guestbook-${overlay}`, "--namespace", "argocd"]);
  const { phase, finishedAt = "", syncResult } = status?.operationState ?? {};
  const isDone = phase === "Succeeded" && syncResult?.revision === commit;
  if (isDone && (status?.reconciledAt ?? "") > finishedAt) return true;
  if (isDone) await controller.nudge(bed, overlay);
  return false;
}

/** An Application in addition to those of clusters/argocd, with the same or with its own objects. */
const twin = (url: string, path: string) => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  metadata: { name: "guestbook-twin", namespace: "argocd" },
  spec: {
    project: "guestbook",
    source: { repoURL: url, targetRevision: "main", path },
    destination: { server: "https://kubernetes.default.svc", namespace: "guestbook-dns" },
  },
});

const own = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "spare" },
  spec: { selector: { app: "redis", role: "master", tier: "backend" }, ports: [{ port: 6379 }] },
};

/** Commits an Application for this path. */
export async function writeTwin(repository: Repository, path: string): Promise<void> {
  const folder = "clusters/argocd";
  const url = /^ {2}url: (.*)$/m.exec(await repository.run("cat", ["clusters/repository/repository.yaml"]))?.[1] ?? "";
  const before = await repository.run("git", ["show", `HEAD:${folder}/kustomization.yaml`]);
  const list = before.includes("twin.yaml") ? before : before.replace("resources:", "resources:\n  - twin.yaml");
  await repository.commit(`an Application of ${path}`, {
    [`${folder}/twin.yaml`]: JSON.stringify(twin(url, path)),
    [`${folder}/kustomization.yaml`]: list,
    "spare/kustomization.yaml": JSON.stringify({ resources: ["service.yaml"] }),
    "spare/service.yaml": JSON.stringify(own),
  });
}

/** The gate and Argo CD warn if two Applications own an object. If the second has its own folder, neither warns. */
export async function ownedTwice({ bed, controller, repository, publish }: Scene): Promise<string> {
  const warnings: string[] = [];
  for (const [path, isShared] of [
    ["overlays/dns", true],
    ["spare", false],
  ] as const) {
    await writeTwin(repository, path);
    demand(
      (await isOwnedTwice(repository)) === isShared,
      `gitops check ${isShared ? "does not warn" : "warns"} about ${path}`,
    );
    await publish();
    await bed.kubectl(["apply", "--server-side", "-k", `${repository.folder}/clusters/argocd`]);
    const { value } = await eventually(
      `Argo CD's ${isShared ? "warning" : "status"} for an Application of ${path}`,
      async () => {
        await controller.nudge(bed, "twin");
        const { message = "", revision = "" } = (await controller.standing(bed, "twin")) ?? {};
        const warns = /is part of applications? [^\n]*/.exec(message)?.[0];
        return revision !== "" && (warns !== undefined) === isShared ? (warns ?? "no warning") : undefined;
      },
      240,
    );
    warnings.push(value);
  }
  await bed.kubectl(["delete", "applications.argoproj.io", "guestbook-twin", "--namespace", "argocd"]);
  return `gitops/owned-twice, and Argo CD: ${warnings[0]}; with its own folder: ${warnings[1]}`;
}

export async function isOwnedTwice(repository: Repository): Promise<boolean> {
  return (await findings(repository, [])).some(({ rule }) => rule === "gitops/owned-twice");
}
