import { setTimeout as sleep } from "node:timers/promises";
import { type JsonObject, objectAt, stringAt } from "../../tools/core/json.ts";
import { query } from "./ask.ts";
import type { Cluster } from "./cluster.ts";

/** Kinds whose objects affect other users of the cluster, or belong to the cluster itself. */
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

/** Whether the object can exist in a cluster for a moment without affecting others. */
export function isHarmless(object: JsonObject): boolean {
  const annotations = objectAt(objectAt(object, "metadata"), "annotations") ?? {};
  const isDefault = Object.entries(annotations).some(
    ([key, value]) => /is-default-class$/.test(key) && value === "true",
  );
  return !meddlers.includes(String(object.kind)) && !isDefault && object.globalDefault !== true;
}

/** Runs `work` while the object exists; returns its result, or a reason if the object cannot be created. */
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
  if (!(await isGone(cluster, path))) return "an object of its name already exists";
  const made = await cluster.send("PATCH", `${path}?${query}&force=true`, object, "application/apply-patch+yaml");
  if (made.status >= 300) return String(made.body.message);
  try {
    // Controllers react immediately, or not at all.
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

/** Deletes an object, and its finalizers, as no controller would remove them. */
async function remove(cluster: Cluster, path: string): Promise<void> {
  await cluster.send("DELETE", `${path}?gracePeriodSeconds=0&propagationPolicy=Background`);
  const none = { metadata: { finalizers: null } };
  await cluster.send("PATCH", path, none, "application/merge-patch+json");
}
