import { setTimeout as sleep } from "node:timers/promises";
import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../tools/core/json.ts";
import { isRunning, podsOf } from "./apply.ts";
import type { Answer, Kubectl } from "./kubectl.ts";
import { idOf, type Shown } from "./variants.ts";

/** The broken variant or its fixed copy. */
export type Side = "broken" | "fixed";

/** A cluster's answer, and whether it is the expected one for the side. */
export interface Observation {
  readonly holds: boolean;
  readonly words: string;
}

/** One side of a variant, applied to a cluster. */
export interface Stage {
  readonly kubectl: Kubectl;
  readonly side: Side;
  readonly shows: Shown;
  /** The API server's answer to the apply. */
  readonly answer: Answer;
  /** Applies it again. */
  readonly again: () => Promise<Answer>;
}

type Check = (stage: Stage) => Promise<Observation>;

/** The checks that show the mistake on a cluster, by the first key of `shows`. */
export const evidence: Readonly<Record<string, Check>> = {
  endpoints: async ({ kubectl, side, shows }) => {
    const slices = await kubectl.list("endpointslices", "-l", `kubernetes.io/service-name=${shows.endpoints}`);
    const usable = slices.flatMap((slice) => (listAt(slice, "ports").length > 0 ? addressesOf(slice) : [])).length;
    const found = slices.flatMap(addressesOf).length;
    const words =
      found > 0 && usable === 0
        ? `endpoints of ${shows.endpoints} have no port`
        : `${usable} endpoints of ${shows.endpoints}`;
    return { holds: usable > 0 === (side === "fixed"), words };
  },
  waits: async ({ kubectl, side, shows }) => {
    const pods = await podsOf(shows.waits ?? "", kubectl);
    const isReady = pods.some((pod) => conditionOf(pod, "Ready") === "True");
    const message = messagesOf(pods, await eventsOf(shows.waits ?? "", kubectl)).find((text) =>
      text.includes(shows.says ?? ""),
    );
    if (side === "fixed") return { holds: isReady, words: isReady ? "ready" : "not ready" };
    return { holds: !isReady && message !== undefined, words: message ?? `${pods.length} pods, no such message` };
  },
  event: async ({ kubectl, side, shows }) => {
    const message = (await eventsOf(shows.event ?? "", kubectl)).find((text) => text.includes(shows.says ?? ""));
    return { holds: (message !== undefined) === (side === "broken"), words: message ?? "no such event" };
  },
  ask: async (stage) => matchOf(stage, await exec(stage.shows.ask ?? "", stage.shows.run ?? "", stage.kubectl)),
  renewed: async (stage) => {
    const { renewed = "" } = stage.shows;
    if (!renewedIn.has(stage.kubectl.namespace)) {
      renewedIn.add(stage.kubectl.namespace);
      await stage.kubectl.run(["delete", "service", renewed]);
      await stage.again();
      const pods = await podsOf(renewed, stage.kubectl);
      await stage.kubectl.run(["delete", ...pods.map((pod) => idOf(pod).toLowerCase()), "--now"]);
      await sleep(15_000);
    }
    return matchOf(stage, await exec(stage.shows.ask ?? "", stage.shows.run ?? "", stage.kubectl));
  },
  refused: async ({ side, shows, answer }) => {
    const isRefused = answer.status !== 0 && answer.stderr.includes(shows.refused ?? "");
    return { holds: isRefused === (side === "broken"), words: lastLine(answer.stderr) || "applied" };
  },
  describe: async (stage) => {
    const { stdout, stderr } = await stage.kubectl.run(["describe", stage.shows.describe ?? ""]);
    return matchOf(stage, `${stdout}${stderr}`);
  },
  evict: async ({ kubectl, side, shows }) => {
    const pods = (await podsOf(shows.evict ?? "", kubectl)).filter((pod) => conditionOf(pod, "Ready") === "True");
    const name = pods[0] === undefined ? "" : (idOf(pods[0]).split("/")[1] ?? "");
    if (name === "") return { holds: false, words: "no pod is ready" };
    const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace: kubectl.namespace } };
    const path = `/api/v1/namespaces/${kubectl.namespace}/pods/${name}/eviction`;
    const { status, stderr } = await kubectl.run(["create", "--raw", path, "-f", "-"], JSON.stringify(eviction));
    // "… violate the pod's disruption budget", "This pod has more than one PodDisruptionBudget, …".
    const isRefused = status !== 0 && /disruption ?budget/i.test(stderr);
    return { holds: side === "broken" ? isRefused : status === 0, words: lastLine(stderr) || "evicted" };
  },
  resync: async (stage) => {
    const read = async () => {
      const [object] = await stage.kubectl.list(stage.shows.resync ?? "");
      return String(objectAt(object, "spec")?.replicas);
    };
    // The autoscaler raises the replicas to its minimum; the sync then sets them again.
    if ((await read()) === "1") return { holds: false, words: "the autoscaler has not scaled yet" };
    await stage.again();
    const replicas = await read();
    return { holds: replicas === stage.shows[stage.side], words: `${replicas} replicas after a sync` };
  },
};

const renewedIn = new Set<string>();

/** Checks until the answer is the expected one, and, if it may be temporary, still is a few seconds later. */
export async function observe(stage: Stage, seconds: number): Promise<Observation> {
  const check = evidence[Object.keys(stage.shows)[0] ?? ""];
  if (check === undefined) throw new Error(`there is no check for ${Object.keys(stage.shows)}`);
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const first = await check(stage);
    if (first.holds && !lasting.has(check)) return first;
    if (first.holds) {
      await sleep(4000);
      const second = await check(stage);
      if (second.holds) return second;
    }
    if (Date.now() > end) return first;
    await sleep(2000);
  }
}

/** Checks whose answer may change while everything starts. */
const lasting = new Set<Check | undefined>([evidence.endpoints, evidence.ask, evidence.waits, evidence.event]);

function matchOf({ side, shows }: Stage, text: string): Observation {
  const match = new RegExp(shows[side] ?? "", "m").exec(text);
  const line = text.split("\n").find((one) => match !== null && one.includes(match[0])) ?? lastLine(text);
  return { holds: match !== null, words: line.trim().replaceAll("\r", "") };
}

/** The output of a command in a running pod of a Deployment. */
async function exec(name: string, command: string, kubectl: Kubectl): Promise<string> {
  const pod = (await podsOf(name, kubectl)).find(isRunning);
  if (pod === undefined) return `no pod of ${name} runs`;
  const { stdout, stderr } = await kubectl.run([
    "exec",
    idOf(pod).split("/")[1] ?? "",
    "--",
    "sh",
    "-c",
    `timeout 5 ${command}`,
  ]);
  return `${stdout}${stderr}`;
}

function addressesOf(slice: JsonObject): unknown[] {
  return listAt(slice, "endpoints")
    .filter(isObject)
    .filter((one) => objectAt(one, "conditions")?.ready !== false)
    .flatMap((one) => listAt(one, "addresses"));
}

function conditionOf(object: JsonObject, type: string): string | undefined {
  const conditions = listAt(objectAt(object, "status"), "conditions").filter(isObject);
  return stringAt(
    conditions.find((one) => one.type === type),
    "status",
  );
}

/** All messages about pods: why they wait, why they are not scheduled, and their events. */
function messagesOf(pods: readonly JsonObject[], events: readonly string[]): string[] {
  const messages = pods.flatMap((pod) => {
    const status = objectAt(pod, "status");
    const states = ["initContainerStatuses", "containerStatuses"]
      .flatMap((key) => listAt(status, key))
      .filter(isObject);
    const waiting = states.map((one) => stringAt(objectAt(objectAt(one, "state"), "waiting"), "message") ?? "");
    const conditions = listAt(status, "conditions").filter(isObject);
    return [...waiting, ...conditions.map((one) => stringAt(one, "message") ?? "")];
  });
  return [...messages, ...events].filter((text) => text !== "");
}

async function eventsOf(name: string, kubectl: Kubectl): Promise<string[]> {
  const events = await kubectl.list("events");
  return events
    .filter((event) => stringAt(objectAt(event, "involvedObject"), "name")?.startsWith(name))
    .map((event) => `${event.reason}: ${event.message}`);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
