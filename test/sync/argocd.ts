import { setTimeout as sleep } from "node:timers/promises";
import { demand, eventually } from "../e2e/bed.ts";
import { deployment } from "./commits.ts";
import { findings } from "./forecast.ts";
import type { Repository } from "./repository.ts";
import type { Scene } from "./story.ts";

/** An amount of CPU as it is written, and whether Argo CD can ever see it in sync. */
export interface Amount {
  readonly cpu: string;
  readonly settles: boolean;
}

/** CPU is kept in thousandths, rounded up: a ten-thousandth comes back as another amount. A notation comes back as the same. */
export const amounts: readonly Amount[] = [
  { cpu: "0.1005m", settles: false },
  { cpu: "1m", settles: true },
  { cpu: "1000m", settles: true },
];

/** The overlay that is held to the whole advice. */
const overlay = "production";

/** What Argo CD sees out of sync for ever, the gate has warned of; of what settles, it says nothing. */
export async function inSync(scene: Scene, { cpu, settles }: Amount): Promise<string> {
  const { bed, controller, repository, publish } = scene;
  const commit = await write(repository, cpu);
  const found = await warned(repository);
  demand(found !== settles, `gitops check ${found ? "warns" : "does not warn"} of ${cpu}`);
  await publish();
  await controller.nudge(bed, overlay);
  const applied = async () =>
    (await cpuOf(scene)) !== undefined && (await controller.standing(bed, overlay))?.revision === commit;
  await eventually(`${cpu} at ${commit.slice(0, 7)}`, async () => ((await applied()) ? true : undefined), 300);
  if (settles) {
    await eventually(`${cpu} in sync`, async () => ((await isSynced(scene)) ? true : undefined), 300);
    return `stored as ${await cpuOf(scene)}: Synced`;
  }
  // It has been applied: what is out of sync from now on stays so.
  await eventually(`${cpu} stored`, async () => ((await cpuOf(scene)) === "1m" ? true : undefined), 300);
  let looks = 0;
  for (const end = performance.now() + 60_000; performance.now() < end; looks++) {
    demand(!(await isSynced(scene)), `${cpu} is in sync after ${looks} looks`);
    await sleep(2000);
  }
  return `gitops/never-in-sync; stored as ${await cpuOf(scene)}, OutOfSync at each of ${looks} looks`;
}

/** Gives slaves another request for CPU. @returns the commit */
export async function write(repository: Repository, cpu: string): Promise<string> {
  const folder = `overlays/${overlay}`;
  const list = await repository.run("git", ["show", `HEAD:${folder}/kustomization.yaml`]);
  const containers = [{ name: "slave", resources: { requests: { cpu } } }];
  return repository.commit(`cpu: ${cpu}`, {
    [`${folder}/cpu.yaml`]: deployment("redis-slave", { template: { spec: { containers } } }),
    [`${folder}/kustomization.yaml`]: list.includes("cpu.yaml") ? list : `${list}patches:\n  - path: cpu.yaml\n`,
  });
}

export async function warned(repository: Repository): Promise<boolean> {
  return (await findings(repository, [`overlays/${overlay}`])).some(({ rule }) => rule === "gitops/never-in-sync");
}

async function isSynced({ bed, controller }: Scene): Promise<boolean> {
  return (await controller.standing(bed, overlay))?.synced ?? false;
}

async function cpuOf({ bed }: Scene): Promise<string | undefined> {
  const { spec } = await bed.get<{
    spec: { template: { spec: { containers: { resources: { requests?: { cpu?: string } } }[] } } };
  }>(["deployment/redis-slave", "--namespace", `guestbook-${overlay}`]);
  return spec.template.spec.containers[0]?.resources.requests?.cpu;
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
