import { setTimeout as sleep } from "node:timers/promises";
import { type JsonObject, objectAt, stringAt } from "../../tools/core/json.ts";
import { query } from "./ask.ts";
import type { Cluster } from "./cluster.ts";

/** Kinds whose objects would have a say in what others do on the cluster, or are its own. */
const meddlers = [
  "APIService",
  "Binding",
  "CertificateSigningRequest",
  "ClusterRoleBinding",
  "FlowSchema",
  "IPAddress",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Node",
  "PriorityLevelConfiguration",
  "ServiceCIDR",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
];

/** Whether the object can be on a cluster for a moment without anybody's noticing. */
export function isHarmless(object: JsonObject): boolean {
  const annotations = objectAt(objectAt(object, "metadata"), "annotations") ?? {};
  const isDefault = Object.entries(annotations).some(
    ([key, value]) => /is-default-class$/.test(key) && value === "true",
  );
  return !meddlers.includes(String(object.kind)) && !isDefault && object.globalDefault !== true;
}

/** Does some work while the object is there; a sentence where it cannot be created. */
export async function withObject<T>(
  cluster: Cluster,
  namespace: string,
  object: JsonObject,
  work: (path: string) => Promise<T>,
): Promise<T | string> {
  const name = stringAt(objectAt(object, "metadata"), "name");
  const collection = await cluster.pathOf(String(object.apiVersion), String(object.kind), namespace);
  if (collection === undefined || !name) return "its kind is not served, or it has no name";
  const path = `${collection}/${encodeURIComponent(name)}`;
  if (!(await isGone(cluster, path))) return "there is one of its name already";
  const made = await cluster.send("PATCH", `${path}?${query}&force=true`, object, "application/apply-patch+yaml");
  if (made.status >= 300) return String(made.body.message);
  try {
    // Controllers have their say at once, or never.
    await sleep(300);
    return await work(path);
  } finally {
    await remove(cluster, path);
  }
}

async function isGone(cluster: Cluster, path: string): Promise<boolean> {
  for (let tries = 0; tries < 20; tries++) {
    if ((await cluster.send("GET", path)).status === 404) return true;
    await sleep(100);
  }
  return false;
}

/** Nobody is there to do what finalizers wait for. */
async function remove(cluster: Cluster, path: string): Promise<void> {
  await cluster.send("DELETE", `${path}?gracePeriodSeconds=0&propagationPolicy=Background`);
  const none = { metadata: { finalizers: null } };
  await cluster.send("PATCH", path, none, "application/merge-patch+json");
}
