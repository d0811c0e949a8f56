import { setTimeout as sleep } from "node:timers/promises";
import { demand, eventually } from "../e2e/bed.ts";
import { deployment } from "./commits.ts";
import { findings } from "./forecast.ts";
import type { Repository } from "./repository.ts";
import type { Scene } from "./scene.ts";

/** Something that is stored otherwise than it is written, as a patch of an overlay, and whether Argo CD can ever see it in sync. */
export interface Shape {
  readonly what: string;
  readonly patch: string;
  readonly settles: boolean;
}

const cpu = (amount: string): string =>
  deployment("redis-slave", {
    template: { spec: { containers: [{ name: "slave", resources: { requests: { cpu: amount } } }] } },
  });

/** What it reads as the API server does, what the API server fills in, and what a controller counts. */
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
    what: "a Deployment with the number of a revision",
    patch: JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "redis-slave", annotations: { "deployment.kubernetes.io/revision": "700" } },
    }),
    settles: false,
  },
];

/** The overlay that is held to the whole advice. */
const overlay = "production";

/** What Argo CD sees out of sync for ever, the gate has warned of; of what settles, it says nothing. */
export async function inSync(scene: Scene, { what, patch, settles }: Shape): Promise<string> {
  const { bed, controller, repository, publish } = scene;
  const commit = await write(repository, what, patch);
  const found = await warned(repository);
  demand(found !== settles, `gitops check ${found ? "warns" : "does not warn"} of ${what}`);
  await publish();
  await controller.nudge(bed, overlay);
  const short = commit.slice(0, 7);
  if (settles)
    await eventually(`${what} in sync at ${short}`, async () => (await isSynced(scene, commit)) || undefined, 300);
  else await eventually(`${what} applied at ${short}`, async () => (await isApplied(scene, commit)) || undefined, 300);
  // From now on it stays as it is.
  let looks = 0;
  for (const end = performance.now() + (settles ? 20_000 : 60_000); performance.now() < end; looks++) {
    await sleep(2000);
    const synced = await isSynced(scene, commit);
    demand(synced === settles, `${what} is ${synced ? "" : "not "}in sync after ${looks} looks`);
  }
  return settles ? `Synced at each of ${looks} looks` : `gitops/never-in-sync; OutOfSync at each of ${looks} looks`;
}

/** Patches the overlay so. @returns the commit */
export async function write(repository: Repository, what: string, patch: string): Promise<string> {
  const folder = `overlays/${overlay}`;
  const list = await repository.run("git", ["show", `HEAD:${folder}/kustomization.yaml`]);
  return repository.commit(what, {
    [`${folder}/shape.yaml`]: patch,
    [`${folder}/kustomization.yaml`]: list.includes("shape.yaml") ? list : `${list}patches:\n  - path: shape.yaml\n`,
  });
}

export async function warned(repository: Repository): Promise<boolean> {
  return (await findings(repository, [`overlays/${overlay}`])).some(({ rule }) => rule === "gitops/never-in-sync");
}

async function isSynced({ bed, controller }: Scene, commit: string): Promise<boolean> {
  const standing = await controller.standing(bed, overlay);
  return standing?.revision === commit && standing.synced;
}

/** Argo CD has applied the commit, and compared since: what is out of sync then is so in spite of that. */
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

/** An Application beside those of clusters/argocd: of their own objects, or of one of its own. */
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

/** Commits an Application that follows this path. */
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

/** The gate finds it, and Argo CD warns of it: two Applications of one object. With a folder of its own, neither does. */
export async function ownedTwice({ bed, controller, repository, publish }: Scene): Promise<string> {
  const told: string[] = [];
  for (const [path, isShared] of [
    ["overlays/dns", true],
    ["spare", false],
  ] as const) {
    await writeTwin(repository, path);
    demand((await isOwnedTwice(repository)) === isShared, `gitops check about ${path}: not as it is`);
    await publish();
    await bed.kubectl(["apply", "--server-side", "-k", `${repository.folder}/clusters/argocd`]);
    const { value } = await eventually(
      `what Argo CD says of an Application of ${path}`,
      async () => {
        await controller.nudge(bed, "twin");
        const { message = "", revision = "" } = (await controller.standing(bed, "twin")) ?? {};
        const warns = /is part of applications? [^\n]*/.exec(message)?.[0];
        return revision !== "" && (warns !== undefined) === isShared ? (warns ?? "no warning") : undefined;
      },
      240,
    );
    told.push(value);
  }
  await bed.kubectl(["delete", "applications.argoproj.io", "guestbook-twin", "--namespace", "argocd"]);
  return `gitops/owned-twice, and Argo CD: ${told[0]}; with a folder of its own: ${told[1]}`;
}

export async function isOwnedTwice(repository: Repository): Promise<boolean> {
  return (await findings(repository, [])).some(({ rule }) => rule === "gitops/owned-twice");
}
