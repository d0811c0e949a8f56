import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dump, loadAll } from "js-yaml";
import { type Bed, demand, eventually } from "../bed.ts";
import { askOne } from "../visitor.ts";
import { dataOf, documentsUrls, shown } from "./guestbook.ts";
import { frontendUrls, inside, podsOf, untilReady } from "./pods.ts";
import { replication } from "./replication.ts";

interface Manifest {
  readonly kind: string;
}

/** `up` reports overlays/env with its Services last, and applies nothing. The sync waves, which only Argo CD uses, are removed. */
export async function gateRefusesWrongOrder(bed: Bed): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "guestbook-e2e-"));
  try {
    const file = join(folder, "wrong-order.yaml");
    const { services, others } = await manifests(bed);
    writeFileSync(file, [...others, ...services].map((one) => dump(one)).join("---\n"));
    const { code, text } = await bed.gitops(["up", file, "--context", bed.context, "--yes"]);
    const findings = text.match(/discovery\/env-order/g)?.length ?? 0;
    demand(code === 1 && findings > 0, `gitops up ends with ${code}:\n${text}`);
    demand(text.includes("nothing was applied"), `gitops up applies it:\n${text}`);
    return `discovery/env-order, ${findings} times`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the rule prevents: pods older than the Services do not find them until they are restarted. */
export async function wrongOrderFails(bed: Bed): Promise<string> {
  const { services, others } = await manifests(bed);
  await apply(bed, others);
  for (const tier of ["frontend", "redis-slave", "redis-master"] as const) await untilReady(bed, "env", tier);
  await apply(bed, services);
  // Long enough for a transient error to go away.
  await sleep(10_000);
  const statuses: string[] = [];
  for (const url of await frontendUrls(bed, "env")) {
    const answer = await askOne(bed, `${url}?cmd=get&key=e2e-order`);
    demand(answer.status !== 200 || typeof dataOf(answer).data !== "string", `${url} answers anyway: ${shown(answer)}`);
    statuses.push(`${answer.status}`);
  }
  for (const slave of await podsOf(bed, "env", "redis-slave")) {
    const { master_host, master_link_status } = await replication(bed, "env", slave);
    demand(master_link_status !== "up", `${slave.metadata.name} follows ${master_host} anyway`);
  }
  await bed.kubectl(["rollout", "restart", "deployment/frontend", "deployment/redis-slave", ...inside("env")]);
  for (const tier of ["frontend", "redis-slave"])
    await bed.kubectl(["rollout", "status", `deployment/${tier}`, ...inside("env"), "--timeout=120s"]);
  await eventually("it does not work after a restart either", () => documentsUrls(bed, "env").catch(() => undefined));
  return `frontends answer with ${statuses.join(", ")}, no slave follows; after a restart all work`;
}

async function apply(bed: Bed, objects: readonly Manifest[]): Promise<void> {
  await bed.kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
}

async function manifests(bed: Bed): Promise<{ services: Manifest[]; others: Manifest[] }> {
  const { code, text } = await bed.gitops(["render", "overlays/env"]);
  demand(code === 0, text);
  const all = loadAll(text.replaceAll(/^ *argocd.argoproj.io\/sync-wave: .*\n/gm, "")) as Manifest[];
  return {
    services: all.filter(({ kind }) => kind === "Service"),
    others: all.filter(({ kind }) => kind !== "Service"),
  };
}
