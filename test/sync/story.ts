import { setTimeout as sleep } from "node:timers/promises";
import { type Bed, demand, eventually } from "../e2e/bed.ts";
import type { Steps } from "../e2e/proof.ts";
import { assignAddresses } from "./addresses.ts";
import { inSync, ownedTwice, shapes } from "./argocd.ts";
import { watchAvailable } from "./available.ts";
import { type Commit, commits, type Rejected, rejected } from "./commits.ts";
import { errorsOf, filesOf, forecast } from "./forecast.ts";
import { watchOrder } from "./order.ts";
import { desired, happened, type Picture, pictureOf } from "./picture.ts";
import type { Scene } from "./scene.ts";

export const overlays = ["dns", "env", "nodeport", "loadbalancer", "gce", "production"];

const patience = 900;

/** Proves all points of one controller. Later points build on earlier ones. */
export async function story(scene: Scene, steps: Steps): Promise<void> {
  const { bed, controller, repository, publish } = scene;
  await publish();
  const order = watchOrder(bed, "guestbook-env");
  const up = await steps("every overlay becomes synced and healthy", async () => {
    await bed.kubectl(["apply", "--server-side", "-k", `${repository.folder}/clusters/${controller.name}`]);
    await allGood(scene);
    return `${overlays.length} overlays`;
  });
  const seen = await order.stop();
  if (!up) return;
  await steps("Services of env are created before the Deployments that read them", async () => inOrder(seen));
  await steps("nothing changes for a minute", () => staysSo(scene));
  await steps("the result is the same as with gitops up", async () => sameAs(scene));
  for (const commit of commits) await steps(commit.what, () => watched(scene, commit));
  for (const one of rejected) await steps(`rejected: ${one.what}`, () => rejectedBy(scene, one));
  await steps("a manual edit is reverted", () => healed(scene));
  if (controller.name !== "argocd") return;
  for (const one of shapes)
    await steps(`${one.what} is ${one.settles ? "" : "never "}in sync`, () => inSync(scene, one));
  await steps("an object that two Applications own is reported", () => ownedTwice(scene));
}

/** Waits until the last commit is applied and healthy in all overlays. */
async function allGood(scene: Scene): Promise<void> {
  const { bed, print } = scene;
  const addresses = assignAddresses(bed, print);
  for (const overlay of overlays) await good(scene, overlay, addresses);
}

/** Waits until the last commit is applied and healthy in one overlay. */
async function good(
  { bed, controller, repository }: Scene,
  overlay: string,
  meanwhile = async () => {},
): Promise<void> {
  const commit = (await repository.run("git", ["rev-parse", "HEAD"])).trim();
  let last = "nothing";
  let polls = 0;
  const ask = async () => {
    await meanwhile();
    const standing = await controller.standing(bed, overlay);
    if (standing === undefined) return undefined;
    last = JSON.stringify(standing);
    if (standing.synced && standing.healthy && standing.revision === commit) return true;
    if (standing.revision !== commit && polls++ % 20 === 0) await controller.nudge(bed, overlay);
    return undefined;
  };
  await eventually(`${overlay} at ${commit.slice(0, 7)}`, ask, patience).catch((error: Error) => {
    throw new Error(`${error.message}; the last status is ${last}`);
  });
}

function inOrder(seen: ReadonlyMap<string, number>): string {
  const of = (kind: string) => [...seen].filter(([id]) => id.startsWith(`${kind}/`)).map(([, revision]) => revision);
  const [services, deployments] = [of("Service"), of("Deployment")];
  demand(services.length === 3 && deployments.length === 3, `only saw ${[...seen.keys()].join(", ")}`);
  // redis-master reads no Service, and may be created at any time.
  const readers = ["frontend", "redis-slave"].map((name) => seen.get(`Deployment/${name}`) ?? 0);
  demand(Math.max(...services) < Math.min(...readers), `the order of revisions is ${JSON.stringify([...seen])}`);
  return `revisions ${Math.min(...services)}–${Math.max(...services)}, then ${Math.min(...readers)}`;
}

/** Everything stays in sync: the controller does not act again, and no object changes. */
async function staysSo({ bed, controller }: Scene): Promise<string> {
  const look = async () => {
    const standings = await Promise.all(overlays.map((overlay) => controller.standing(bed, overlay)));
    const bad = overlays.filter((_, index) => !standings[index]?.synced || !standings[index]?.healthy);
    demand(bad.length === 0, `no longer synced and healthy: ${bad.join(", ")}: ${JSON.stringify(standings)}`);
    return JSON.stringify(standings.map((one) => one?.acted));
  };
  const [first, before] = [await look(), await Promise.all(overlays.map((one) => pictureOf(bed, `guestbook-${one}`)))];
  const end = performance.now() + 60_000;
  let looks = 1;
  for (; performance.now() < end; looks++) {
    await sleep(2000);
    const now = await look();
    demand(now === first, `it acted again: ${first}, then ${now}`);
  }
  const after = await Promise.all(overlays.map((one) => pictureOf(bed, `guestbook-${one}`)));
  const changed = overlays.flatMap((_, index) => happened(before[index] as Picture, after[index] as Picture));
  demand(changed.length === 0, `changed meanwhile: ${changed.join(", ")}`);
  return `polled ${looks} times`;
}

async function sameAs({ bed, controller, reference }: Scene): Promise<string> {
  const now = await pictureOf(bed, "guestbook-dns");
  const plain = ({ objects }: Picture) =>
    Object.fromEntries([...objects].map(([id, live]) => [id, comparable(desired(live, controller.marks))]).sort());
  const [was, is] = [plain(reference), plain(now)];
  const other = Object.keys({ ...was, ...is }).filter((id) => JSON.stringify(was[id]) !== JSON.stringify(is[id]));
  demand(
    other.length === 0,
    other.map((id) => `${id}\n${JSON.stringify(was[id])}\n${JSON.stringify(is[id])}`).join("\n"),
  );
  return `${Object.keys(is).length} objects`;
}

/** Leaves out addresses and ports that the cluster assigns. */
function comparable(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, one) => (/^(?:clusterIPs?|nodePort)$/.test(key) ? undefined : one)));
}

/** The forecast happens, and nothing else. */
async function watched(scene: Scene, { what, overlay, files, effects }: Commit): Promise<string> {
  const { bed, repository, publish } = scene;
  const namespace = `guestbook-${overlay}`;
  const before = await pictureOf(bed, namespace);
  await repository.commit(what, filesOf({ overlay, files }));
  const expected = await forecast(repository);
  demand(expected.join() === [...effects].sort().join(), `gitops diff forecasts ${expected.join(", ") || "nothing"}`);
  const available = watchAvailable(bed, namespace);
  const start = performance.now();
  await publish();
  await good(scene, overlay);
  const after = await settled(bed, namespace);
  const ms = Math.round(performance.now() - start);
  const least = await available.stop();
  const seen = happened(before, after);
  demand(
    seen.join() === expected.join(),
    `forecast ${expected.join(", ") || "nothing"}; seen ${seen.join(", ") || "nothing"}`,
  );
  for (const one of seen) {
    const [effect, id = ""] = one.split(" ");
    const fewest = least.get(id.replace("Deployment/", ""));
    if (effect === "rolling-restart") demand((fewest ?? 0) > 0, `${id} was unavailable for a moment`);
    if (effect === "recreate") demand(fewest === 0, `${id} was never unavailable: ${fewest}`);
  }
  return `${seen.join(", ") || "nothing happens"}, after ${(ms / 1000).toFixed(1)} s`;
}

/** The picture once every Deployment has its number of pods: old pods may still be terminating. */
async function settled(bed: Bed, namespace: string): Promise<Picture> {
  const { value } = await eventually(
    `the pods of ${namespace}`,
    async () => {
      const picture = await pictureOf(bed, namespace);
      const deployments = [...picture.objects.values()].filter(({ kind }) => kind === "Deployment");
      const isSettled = deployments.every(
        ({ metadata, spec }) => (picture.pods.get(metadata.name)?.size ?? 0) === spec?.replicas,
      );
      return isSettled ? picture : undefined;
    },
    120,
  );
  return value;
}

/** The gate and the controller reject the commit at the same field, and the cluster does not change. */
async function rejectedBy(scene: Scene, { what, overlay, files, rule, path, says }: Rejected): Promise<string> {
  const { bed, controller, repository, publish } = scene;
  const namespace = `guestbook-${overlay}`;
  const before = await settled(bed, namespace);
  await repository.commit(what, filesOf({ overlay, files }));
  const found = await errorsOf(repository, overlay);
  demand(
    found.some((one) => one.rule === rule && one.message.includes(path)),
    `gitops check reports ${JSON.stringify(found)}`,
  );
  await publish();
  await controller.nudge(bed, overlay);
  const { value: message } = await eventually(
    `${controller.name} rejects it`,
    async () => {
      const { message = "" } = (await controller.standing(bed, overlay)) ?? {};
      return says.test(message) && message.includes(path) ? message : undefined;
    },
    240,
  ).catch(async (error: Error) => {
    throw new Error(`${error.message}; its status is ${JSON.stringify(await controller.standing(bed, overlay))}`);
  });
  const seen = happened(before, await settled(bed, namespace));
  await repository.revert();
  await publish();
  await controller.giveUp(bed, overlay);
  await controller.nudge(bed, overlay);
  await good(scene, overlay);
  demand(seen.length === 0, `changed although it was rejected: ${seen.join(", ")}`);
  return `${rule}, and ${controller.name}: ${says.exec(message)?.[0]}`;
}

async function healed({ bed, controller }: Scene): Promise<string> {
  const name = "deployment/redis-slave";
  const inside = ["--namespace", "guestbook-dns"];
  await bed.kubectl(["scale", name, "--replicas=3", ...inside]);
  await controller.nudge(bed, "dns");
  const { ms } = await eventually(
    "two replicas again",
    async () => {
      const { spec } = await bed.get<{ spec: { replicas: number } }>([name, ...inside]);
      return spec.replicas === 2 ? true : undefined;
    },
    180,
  );
  return `after ${(ms / 1000).toFixed(1)} s`;
}
