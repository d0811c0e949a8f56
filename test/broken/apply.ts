import { setTimeout as sleep } from "node:timers/promises";
import { type JsonObject, objectAt, stringAt } from "../../tools/core/json.ts";
import { type Answer, type Kubectl, listOf } from "./kubectl.ts";
import { idOf } from "./variants.ts";

/** Applies objects server-side: all at once, or in order, each after the previous Deployment has a running pod. */
export async function applyAll(objects: readonly JsonObject[], isOrdered: boolean, kubectl: Kubectl): Promise<Answer> {
  const namespaces = objects.filter(({ kind }) => kind === "Namespace");
  const rest = objects.filter(({ kind }) => kind !== "Namespace");
  const created = await send(namespaces, kubectl);
  if (created.status !== 0) return created;
  for (let tries = 0; tries < 100; tries++) {
    if ((await kubectl.list("serviceaccount", "default")).length > 0) break;
    await sleep(200);
  }
  if (!isOrdered) return send(rest, kubectl);
  let last = created;
  for (const object of inOrder(rest)) {
    last = await send([object], kubectl);
    if (last.status !== 0) return last;
    if (object.kind === "Deployment") await waitForPod(object, kubectl);
  }
  return last;
}

function send(objects: readonly JsonObject[], kubectl: Kubectl): Promise<Answer> {
  return kubectl.everywhere(
    ["apply", "--server-side", "--force-conflicts", "--validate=false", "-f", "-"],
    listOf(objects),
  );
}

const phases = ["PreSync", "Sync", "PostSync"];

/** Argo CD's order: by phase, then by wave, then as listed. */
function inOrder(objects: readonly JsonObject[]): JsonObject[] {
  const turn = (object: JsonObject) => {
    const annotations = objectAt(objectAt(object, "metadata"), "annotations");
    const phase = phases.indexOf(stringAt(annotations, "argocd.argoproj.io/hook") ?? "Sync");
    return phase * 1000 + Number(stringAt(annotations, "argocd.argoproj.io/sync-wave") ?? 0);
  };
  return [...objects].sort((a, b) => turn(a) - turn(b));
}

async function waitForPod(object: JsonObject, kubectl: Kubectl): Promise<void> {
  const name = idOf(object).split("/")[1] ?? "";
  for (let tries = 0; tries < 60; tries++) {
    if ((await podsOf(name, kubectl)).some(isRunning)) return;
    await sleep(1000);
  }
}

/** The pods of a Deployment, by their names. */
export async function podsOf(name: string, kubectl: Kubectl): Promise<JsonObject[]> {
  const ofDeployment = new RegExp(`^Pod/${name}-[a-z0-9]+-[a-z0-9]+$`);
  return (await kubectl.list("pods")).filter((pod) => ofDeployment.test(idOf(pod)));
}

export function isRunning(pod: JsonObject): boolean {
  const statuses = (objectAt(pod, "status")?.containerStatuses ?? []) as readonly JsonObject[];
  return statuses.length > 0 && statuses.every((one) => objectAt(objectAt(one, "state"), "running") !== undefined);
}
