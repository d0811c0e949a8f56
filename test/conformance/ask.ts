import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../tools/core/json.ts";
import type { Recorded } from "../validate/agreement.ts";
import type { Cluster, Response } from "./cluster.ts";

/** The API server's answer in the format of the recorded tables; `unknown` if it depends on the cluster's state. */
export type Answer = Pick<Recorded, "code" | "causes" | "message" | "warnings" | "changed"> & {
  readonly verdict: Recorded["verdict"] | "unknown";
};

/** Rejections that depend on the cluster's state rather than on the manifest. */
const ofState: readonly RegExp[] = [
  /error looking up service account/,
  /serviceaccounts? "[^"]*" not found/,
  /no PriorityClass with name/,
  /the integer value of priority \(/,
  /RuntimeClass "[^"]*" not found/,
  /namespaces "[^"]*" not found/,
  /the namespace of the (provided )?object does not match/,
  /provided (IP|port) is (already allocated|not in the valid range)/,
  /failed to allocate/,
  /exceeded quota/,
  /not found for field "metadata.name"/,
  /failed to generate a unique name|is being deleted/,
];

/** Server-side apply reports a manifest that it cannot read as an internal error (500). */
const isUnreadable = /failed to create typed patch object|failed to convert/;

/** The query parameters of all requests that write. */
export const query = "fieldValidation=Strict&fieldManager=conformance";
const dryRun = `dryRun=All&${query}`;

/**
 * Asks about a manifest with dry runs: whether it can be created, whether server-side apply accepts it, and whether the
 * pods of its template can be created. The first rejection is the answer.
 */
export async function ask(cluster: Cluster, namespace: string, object: JsonObject): Promise<Answer> {
  const path = await cluster.pathOf(String(object.apiVersion), String(object.kind), namespace);
  if (path === undefined) return { verdict: "unknown", message: "the kind is not served" };
  if (isOfStorage(object)) return { verdict: "unknown", message: "a dry run does not check the storage" };
  if (path.includes("/namespaces/") && !stringAt(objectAt(object, "metadata"), "namespace"))
    return { verdict: "unknown", message: "it has no namespace: the client's context decides" };
  const created = await cluster.send("POST", `${path}?${dryRun}`, object);
  if (created.status >= 300) return refusal("create", created);
  const name = stringAt(objectAt(object, "metadata"), "name");
  if (name !== undefined && name !== "") {
    const url = `${path}/${encodeURIComponent(name)}?${dryRun}&force=true`;
    const applied = await cluster.send("PATCH", url, object, "application/apply-patch+yaml");
    if (applied.status >= 300) return refusal("apply", applied);
  }
  for (const one of madeOf(object, created.body)) {
    const collection = await cluster.pathOf(String(one.apiVersion), String(one.kind), namespace);
    const made = await cluster.send("POST", `${collection}?${dryRun}`, one);
    if (made.status >= 300) return refusal("pods", made);
  }
  return { verdict: "accepted", ...(created.warnings.length > 0 ? { warnings: created.warnings } : {}) };
}

/** Whether the storage decides: about the range of node ports, or the version of an object. */
export function isOfStorage(object: JsonObject): boolean {
  return hasFarPort(object) || Boolean(stringAt(objectAt(object, "metadata"), "resourceVersion"));
}

function hasFarPort({ kind, spec }: JsonObject): boolean {
  if (kind !== "Service" || !isObject(spec)) return false;
  const ports = listAt(spec, "ports").map((port) => (isObject(port) ? port.nodePort : undefined));
  return [...ports, spec.healthCheckNodePort].some(
    (port) => typeof port === "number" && port !== 0 && (port < 30000 || port > 32767),
  );
}

/** The answer for a rejection; `unknown` if it depends on the cluster's state. */
export function refusal(verdict: Answer["verdict"], { status, body }: Response): Answer {
  const message = String(body.message ?? "");
  const isOfState = ofState.some((pattern) => pattern.test(message)) || body.reason === "AlreadyExists";
  const details = listAt(objectAt(body, "details"), "causes").filter(isObject);
  const causes = details.map(({ field, reason }) => [String(field ?? ""), String(reason)] as const);
  return {
    verdict: isOfState || (status >= 500 && !isUnreadable.test(message)) ? "unknown" : verdict,
    code: status,
    causes,
    message: withoutName(message),
  };
}

/** `Pod "web" is invalid: spec…` → `spec…`. */
function withoutName(message: string): string {
  return message.replace(/^\S+ "[^"]*" is invalid: /, "");
}

const templates: Readonly<Record<string, readonly string[]>> = {
  CronJob: ["spec", "jobTemplate", "spec", "template"],
  DaemonSet: ["spec", "template"],
  Deployment: ["spec", "template"],
  Job: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  StatefulSet: ["spec", "template"],
};

/** The objects that controllers would create for the stored object. */
function madeOf(object: JsonObject, stored: JsonObject): JsonObject[] {
  const pod = podOf(object, stored);
  return [...claimsOf(stored), ...jobOf(stored), ...(pod === undefined ? [] : [pod])];
}

/** `getPersistentVolumeClaims` of pkg/controller/statefulset. */
function claimsOf(set: JsonObject): JsonObject[] {
  const spec = objectAt(set, "spec");
  const own = objectAt(objectAt(spec, "selector"), "matchLabels");
  return listAt(spec, "volumeClaimTemplates")
    .filter(isObject)
    .map((claim) => {
      const metadata = objectAt(claim, "metadata") ?? {};
      const name = `${metadata.name}-${nameOf(set)}-0`;
      const labels = { ...objectAt(metadata, "labels"), ...own };
      return { ...claim, kind: "PersistentVolumeClaim", apiVersion: "v1", metadata: { ...metadata, name, labels } };
    });
}

/** `getJobFromTemplate2` of pkg/controller/cronjob. */
function jobOf(cronJob: JsonObject): JsonObject[] {
  const template = objectAt(objectAt(cronJob, "spec"), "jobTemplate");
  if (template === undefined) return [];
  const { labels, annotations } = objectAt(template, "metadata") ?? {};
  const metadata = { name: `${nameOf(cronJob)}-29000000`, labels: labels ?? null, annotations: annotations ?? null };
  return [{ apiVersion: "batch/v1", kind: "Job", metadata, spec: template.spec ?? null }];
}

const nameOf = (object: JsonObject) => stringAt(objectAt(object, "metadata"), "name") ?? "";

/** The Pod that a controller would create for the stored object; undefined if it has no template. */
function podOf(object: JsonObject, stored: JsonObject): JsonObject | undefined {
  const steps = templates[String(object.kind)];
  if (steps === undefined) return undefined;
  const template = steps.reduce<Json | undefined>((value, step) => (isObject(value) ? value[step] : undefined), stored);
  if (!isObject(template)) return undefined;
  const { labels, annotations, finalizers } = objectAt(template, "metadata") ?? {};
  const metadata = { generateName: "conformance-", labels, annotations, finalizers };
  const spec = { ...classless(objectAt(template, "spec") ?? {}), ...claimVolumes(template, stored) };
  // `initIdentity` of pkg/controller/statefulset: both are derived from the StatefulSet.
  if (object.kind === "StatefulSet") {
    Object.assign(spec, { hostname: undefined, subdomain: undefined });
    metadata.labels = { ...(isObject(labels) ? labels : {}), ...identityOf(nameOf(stored)) };
  }
  return JSON.parse(JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata, spec }));
}

/**
 * `updateIdentity` and `setPodRevision` of pkg/controller/statefulset; the hash of a revision usually has ten
 * characters.
 */
function identityOf(name: string): JsonObject {
  return {
    "apps.kubernetes.io/pod-index": "0",
    "controller-revision-hash": `${name}-0123456789`,
    "statefulset.kubernetes.io/pod-name": `${name}-0`,
  };
}

/** The spec without its priority class: the cluster decides if it exists, and which fields may accompany its name. */
function classless(spec: JsonObject): JsonObject {
  if (!spec.priorityClassName || String(spec.priorityClassName).startsWith("system-")) return spec;
  const { priorityClassName: _, priority: __, preemptionPolicy: ___, ...others } = spec;
  return others;
}

/** `updateStorage` of pkg/controller/statefulset: a claim's volume replaces a volume of the same name. */
function claimVolumes(template: JsonObject, stored: JsonObject): JsonObject {
  const names = listAt(objectAt(stored, "spec"), "volumeClaimTemplates")
    .filter(isObject)
    .map((claim) => stringAt(objectAt(claim, "metadata"), "name") ?? "");
  if (names.length === 0) return {};
  const own = listAt(objectAt(template, "spec"), "volumes").filter(
    (volume) => !isObject(volume) || !names.includes(String(volume.name)),
  );
  return { volumes: [...own, ...names.map((name) => ({ name, persistentVolumeClaim: { claimName: `${name}-0` } }))] };
}
