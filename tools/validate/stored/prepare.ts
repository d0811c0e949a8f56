import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { textOf } from "../../vocabulary/text.ts";
import { keptService, newService } from "./service.ts";

/** What the API server does with an object on a create and on an update, apart from defaults. */
interface Strategy {
  readonly create?: (object: JsonObject) => JsonObject;
  readonly update?: (object: JsonObject, stored: JsonObject) => JsonObject;
}

/** A placeholder for a value that only the cluster knows. */
export const made = "made-by-the-api-server";

const withSpec = (object: JsonObject, fields: JsonObject): JsonObject => ({
  ...object,
  spec: { ...objectAt(object, "spec"), ...fields },
});

/** `stringData` is moved into `data` (`Convert_v1_Secret_To_core_Secret`). */
function secret({ stringData, ...rest }: JsonObject): JsonObject {
  if (!isObject(stringData)) return rest;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(textOf(text)).toString("base64")]);
  return { ...rest, data: { ...objectAt(rest, "data"), ...Object.fromEntries(encoded) } };
}

/**
 * The API server generates the selector of a Job unless manualSelector is true (`generateSelector`). When it reads a
 * Job without labels, it gives it those of the template (`SetDefaults_Job`).
 */
function job(object: JsonObject): JsonObject {
  const spec = objectAt(object, "spec") ?? {};
  if (spec.manualSelector === true) return object;
  const name = textOf(objectAt(object, "metadata")?.name);
  const template = objectAt(spec, "template") ?? {};
  const metadata = objectAt(template, "metadata") ?? {};
  const own = { "job-name": name, "controller-uid": made };
  const labels = { ...own, ...prefixed("batch.kubernetes.io/", own), ...objectAt(metadata, "labels") };
  const selector = objectAt(spec, "selector") ?? {};
  const matchLabels = { "batch.kubernetes.io/controller-uid": made, ...objectAt(selector, "matchLabels") };
  return withSpec(labelled(object, labels), {
    template: { ...template, metadata: { ...metadata, labels } },
    selector: { ...selector, matchLabels },
  });
}

function labelled(object: JsonObject, labels: JsonObject): JsonObject {
  const metadata = objectAt(object, "metadata") ?? {};
  return metadata.labels === undefined ? { ...object, metadata: { ...metadata, labels } } : object;
}

const prefixed = (prefix: string, labels: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).map(([key, value]) => [prefix + key, value]));

/** The tolerations that every Pod gets, for five minutes (`DefaultTolerationSeconds`). */
const tolerations = ["not-ready", "unreachable"].map((taint) => ({
  key: `node.kubernetes.io/${taint}`,
  operator: "Exists",
  effect: "NoExecute",
  tolerationSeconds: 300,
}));

const tolerates = (key: string) => (one: Json) =>
  isObject(one) &&
  [key, undefined, ""].includes(one.key as string) &&
  ["NoExecute", undefined, ""].includes(one.effect as string);

/** Adds the fields that the default admission plugins set. */
function pod(object: JsonObject): JsonObject {
  const spec = objectAt(object, "spec") ?? {};
  const account = textOf(spec.serviceAccountName) || "default";
  const given = listAt(spec, "tolerations");
  const missing = tolerations.filter(({ key }) => !given.some(tolerates(key)));
  return withSpec(object, {
    serviceAccountName: account,
    serviceAccount: account,
    priority: spec.priority ?? 0,
    preemptionPolicy: spec.preemptionPolicy ?? "PreemptLowerPriority",
    tolerations: [...given, ...missing],
  });
}

const sources: readonly (Json | undefined)[] = ["PersistentVolumeClaim", "VolumeSnapshot snapshot.storage.k8s.io"];
const isSource = (source: Json | undefined) =>
  isObject(source) && sources.includes([source.kind, source.apiGroup].filter((part) => !isUnset(part)).join(" "));

/** Removes the sources that the API server silently drops unless the stored claim has them (`PrepareForUpdate`). */
function claim(object: JsonObject, stored?: JsonObject): JsonObject {
  const [spec, old] = [objectAt(object, "spec") ?? {}, objectAt(stored, "spec") ?? {}];
  const isForeign = !isUnset(objectAt(spec, "dataSourceRef")?.namespace) && isUnset(old.dataSourceRef);
  const { dataSourceRef, dataSource, ...rest } = spec;
  const reference = isForeign ? undefined : dataSourceRef;
  const isKept = isObject(old.dataSource) || reference !== undefined || isSource(dataSource);
  return { ...object, spec: { ...rest, ...dataSources(isKept ? dataSource : undefined, reference) } };
}

/**
 * If only one of the two is set, the other gets its value, unless it is in another namespace (`NormalizeDataSources`).
 */
function dataSources(source: Json | undefined, reference: Json | undefined): JsonObject {
  const isLocal = isObject(reference) && isUnset(reference.namespace);
  const dataSource = source ?? (isLocal ? reference : undefined);
  const dataSourceRef = reference ?? source;
  return { ...(dataSource !== undefined && { dataSource }), ...(dataSourceRef !== undefined && { dataSourceRef }) };
}

/** A ServiceAccount keeps only the names of its Secrets (`cleanSecretReferences`). */
function account({ secrets, ...rest }: JsonObject): JsonObject {
  if (!Array.isArray(secrets)) return rest;
  const named = (one: Json) => (isObject(one) && one.name !== undefined ? { name: one.name } : {});
  return { ...rest, secrets: secrets.map(named) };
}

/** `podCIDR` is the first of `podCIDRs`, and wins if they differ (`Convert_v1_NodeSpec_To_core_NodeSpec`). */
function node(object: JsonObject): JsonObject {
  const { podCIDR, podCIDRs, ...spec } = objectAt(object, "spec") ?? {};
  const [first] = Array.isArray(podCIDRs) ? podCIDRs : [];
  const ranges = podCIDR === undefined || podCIDR === first ? podCIDRs : [podCIDR];
  const all = ranges === undefined ? {} : { podCIDR: podCIDR ?? (first as Json), podCIDRs: ranges };
  return { ...object, spec: { ...spec, ...all } };
}

/** The API server enters the user who makes a request (`PrepareForCreate`). */
function request(object: JsonObject): JsonObject {
  const { username: _, uid: __, groups: ___, extra: ____, ...spec } = objectAt(object, "spec") ?? {};
  return { ...object, spec };
}

/** Strategies by the name of the type. */
export const strategies: Readonly<Record<string, Strategy>> = {
  "core.v1.Secret": { create: secret, update: secret },
  // namespaceStrategy.PrepareForUpdate
  "core.v1.Namespace": { update: (object, { spec }) => ({ ...object, ...(spec !== undefined && { spec }) }) },
  "core.v1.Node": { create: node, update: node },
  "certificates.v1.CertificateSigningRequest": {
    create: request,
    // An update keeps the stored spec (`PrepareForUpdate`).
    update: (object, { spec }) => ({ ...object, ...(spec !== undefined && { spec }) }),
  },
  "core.v1.Pod": { create: pod, update: pod },
  "core.v1.PersistentVolumeClaim": { create: (object) => claim(object), update: claim },
  "core.v1.ServiceAccount": { create: account, update: account },
  "core.v1.Service": { create: newService, update: keptService },
  "batch.v1.Job": { create: job },
};
