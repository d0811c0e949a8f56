import { type Bed, demand, eventually } from "../bed.ts";
import { askOne } from "../visitor.ts";
import { inside, type Pod, podsOf, redis, restartsOf, serviceUrl, untilReady } from "./pods.ts";

/** Every slave follows the master, by its name or its address, depending on the discovery mode. */
export async function everySlaveFollows(bed: Bed, overlay: string, mode: "dns" | "env"): Promise<string> {
  const expected = mode === "dns" ? "redis-master" : await masterAddress(bed, overlay);
  const slaves = await podsOf(bed, overlay, "redis-slave");
  for (const slave of slaves) {
    const info = await following(bed, overlay, slave);
    demand(info.master_host === expected, `${slave.metadata.name} follows ${info.master_host}, not ${expected}`);
  }
  const [master] = await podsOf(bed, overlay, "redis-master");
  demand(master !== undefined, "there is no master");
  const { connected_slaves } = await replication(bed, overlay, master);
  demand(connected_slaves === `${slaves.length}`, `the master has ${connected_slaves} slaves`);
  return `${slaves.length} slaves of ${expected}, master_link_status:up`;
}

/** A killed slave is restarted, and gets the entries written meanwhile. */
export async function killedSlaveCatchesUp(bed: Bed, overlay: string): Promise<string> {
  const [slave] = await podsOf(bed, overlay, "redis-slave");
  demand(slave !== undefined, "there is no slave");
  const start = performance.now();
  // This fails: the server closes the connection as it shuts down.
  await bed.tryKubectl(["exec", ...inside(overlay), slave.metadata.name, "--", "redis-cli", "shutdown", "nosave"]);
  const url = await serviceUrl(bed, overlay);
  const set = await askOne(bed, `${url}?cmd=set&key=e2e-killed&value=meanwhile`);
  demand(set.status === 200, `no entry is accepted while a slave is down: ${set.body}`);
  await eventually(`${slave.metadata.name} is not restarted`, async () => {
    const now = (await podsOf(bed, overlay, "redis-slave")).find(
      ({ metadata }) => metadata.name === slave.metadata.name,
    );
    return now !== undefined && restartsOf(now) > restartsOf(slave) ? true : undefined;
  });
  await untilReady(bed, overlay, "redis-slave");
  await following(bed, overlay, slave);
  await eventually(`${slave.metadata.name} does not catch up`, async () => {
    return (await redis(bed, overlay, slave, ["get", "e2e-killed"])) === "meanwhile" ? true : undefined;
  });
  return `restarted and caught up after ${((performance.now() - start) / 1000).toFixed(1)} s`;
}

async function masterAddress(bed: Bed, overlay: string): Promise<string> {
  const { spec } = await bed.get<{ spec: { clusterIP: string } }>(["service/redis-master", ...inside(overlay)]);
  return spec.clusterIP;
}

/** Waits until a slave follows its master: without a probe, its pod is ready before. @returns its INFO replication */
async function following(bed: Bed, overlay: string, slave: Pod): Promise<Record<string, string>> {
  const { value } = await eventually(`${slave.metadata.name} does not follow the master`, async () => {
    const info = await replication(bed, overlay, slave).catch(() => undefined);
    return info?.role === "slave" && info.master_link_status === "up" ? info : undefined;
  });
  return value;
}

/** The fields of INFO replication. */
export async function replication(bed: Bed, overlay: string, pod: Pod): Promise<Record<string, string>> {
  const info = await redis(bed, overlay, pod, ["info", "replication"]);
  return Object.fromEntries(
    info.split(/\r?\n/).flatMap((line) => [line.split(/:(.*)/s).slice(0, 2)].filter((pair) => pair.length === 2)),
  );
}
