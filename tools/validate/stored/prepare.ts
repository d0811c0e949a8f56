import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { typeOf } from "../demands/service-addresses.ts";
import { isUnset } from "../vocabulary/presence.ts";
import { numberOf, textOf } from "../vocabulary/text.ts";

/** What the API server does with an object beyond defaults: on a create, and on an update over what is stored. */
export interface Strategy {
  readonly create?: (object: JsonObject) => JsonObject;
  readonly update?: (object: JsonObject, stored: JsonObject) => JsonObject;
}

/** Stand for values that only a cluster knows. */
export const allocatedAddress = "192.0.2.1";
export const made = "made-by-the-api-server";

const withSpec = (object: JsonObject, fields: JsonObject): JsonObject => ({
  ...object,
  spec: { ...objectAt(object, "spec"), ...fields },
});

/** `stringData` is written into `data` and forgotten (`Convert_v1_Secret_To_core_Secret`). */
function secret({ stringData, ...rest }: JsonObject): JsonObject {
  if (!isObject(stringData)) return rest;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(textOf(text)).toString("base64")]);
  return { ...rest, data: { ...objectAt(rest, "data"), ...Object.fromEntries(encoded) } };
}

/** A Job selects its Pods by labels of its own, unless it is to be selected by hand (`generateSelector`). */
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
  return withSpec(object, {
    template: { ...template, metadata: { ...metadata, labels } },
    selector: { ...selector, matchLabels },
  });
}

const prefixed = (prefix: string, labels: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).map(([key, value]) => [prefix + key, value]));

/** Tolerated for five minutes by every Pod (`DefaultTolerationSeconds`), and what the other admission plugins set. */
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

const needsAddress = (spec: JsonObject) => typeOf(spec) !== "ExternalName";
const opensNodePort = (spec: JsonObject) =>
  typeOf(spec) === "NodePort" || (typeOf(spec) === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false);
const checksHealth = (spec: JsonObject) => typeOf(spec) === "LoadBalancer" && spec.externalTrafficPolicy === "Local";

const withNodePorts = (spec: JsonObject, portOf: (port: JsonObject) => Json | undefined): JsonObject => {
  const ports = listAt(spec, "ports").map((port) => {
    const nodePort = isObject(port) && isUnset(port.nodePort) ? portOf(port) : undefined;
    return isObject(port) && nodePort !== undefined ? { ...port, nodePort } : port;
  });
  return ports.length === 0 ? spec : { ...spec, ports };
};

/** `clusterIP` is the first of `clusterIPs` (`normalizeClusterIPs`). */
function withAddresses(spec: JsonObject): JsonObject {
  const [first] = listAt(spec, "clusterIPs");
  if (isUnset(spec.clusterIP)) return first === undefined ? spec : { ...spec, clusterIP: first };
  return first === undefined ? { ...spec, clusterIPs: [spec.clusterIP as Json] } : spec;
}

const sources: readonly (Json | undefined)[] = ["PersistentVolumeClaim", "VolumeSnapshot snapshot.storage.k8s.io"];
const isSource = (source: Json | undefined) =>
  isObject(source) && sources.includes([source.kind, source.apiGroup].filter((part) => !isUnset(part)).join(" "));

/** Sources that the API server forgets without a word, unless the stored claim has one (`PrepareForUpdate`). */
function claim(object: JsonObject, stored?: JsonObject): JsonObject {
  const [spec, old] = [objectAt(object, "spec") ?? {}, objectAt(stored, "spec") ?? {}];
  const isForeign = !isUnset(objectAt(spec, "dataSourceRef")?.namespace) && isUnset(old.dataSourceRef);
  const { dataSourceRef, dataSource, ...rest } = spec;
  const reference = isForeign ? undefined : dataSourceRef;
  const isKept = isObject(old.dataSource) || reference !== undefined || isSource(dataSource);
  return { ...object, spec: { ...rest, ...dataSources(isKept ? dataSource : undefined, reference) } };
}

/** Each stands for the other where only one is written, and no namespace is crossed (`NormalizeDataSources`). */
function dataSources(source: Json | undefined, reference: Json | undefined): JsonObject {
  const isLocal = isObject(reference) && isUnset(reference.namespace);
  const dataSource = source ?? (isLocal ? reference : undefined);
  const dataSourceRef = reference ?? source;
  return { ...(dataSource !== undefined && { dataSource }), ...(dataSourceRef !== undefined && { dataSourceRef }) };
}

/** A new Service gets an address, a family, and the node ports that its type asks for (`AllocateCreate`). */
function newService(object: JsonObject): JsonObject {
  const spec = withAddresses(objectAt(object, "spec") ?? {});
  if (!needsAddress(spec)) return { ...object, spec };
  const address = isUnset(spec.clusterIP) ? allocatedAddress : (spec.clusterIP as Json);
  const allocated = {
    ipFamilies: ["IPv4"],
    ipFamilyPolicy: "SingleStack",
    ...spec,
    clusterIP: address,
    clusterIPs: isUnset(spec.clusterIPs) ? [address] : (spec.clusterIPs as Json),
  };
  let next = 30000;
  const withPorts = opensNodePort(spec) ? withNodePorts(allocated, () => next++) : allocated;
  return {
    ...object,
    spec: checksHealth(spec) ? { ...withPorts, healthCheckNodePort: spec.healthCheckNodePort ?? next } : withPorts,
  };
}

/** What is allocated stays with an update that does not ask for another (`patchAllocatedValues`). */
function keptService(object: JsonObject, stored: JsonObject): JsonObject {
  const [spec, old] = [objectAt(object, "spec") ?? {}, objectAt(stored, "spec") ?? {}];
  let kept = withoutTypeFields(spec, old);
  if (needsAddress(old) && needsAddress(kept)) {
    if (isUnset(kept.clusterIP) && old.clusterIP !== undefined) kept = { ...kept, clusterIP: old.clusterIP };
    if (isUnset(kept.clusterIPs) && old.clusterIPs !== undefined) kept = { ...kept, clusterIPs: old.clusterIPs };
  }
  if (opensNodePort(old) && opensNodePort(kept)) {
    const ports = listAt(old, "ports").filter(isObject);
    kept = withNodePorts(kept, ({ name }) => ports.find((port) => port.name === name)?.nodePort);
  }
  if (checksHealth(old) && checksHealth(kept) && old.healthCheckNodePort !== undefined)
    kept = { healthCheckNodePort: old.healthCheckNodePort, ...kept };
  return { ...object, spec: { ...pick(old, "ipFamilies", "ipFamilyPolicy"), ...kept } };
}

function pick(object: JsonObject, ...fields: string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([field]) => fields.includes(field)));
}

/** The type decides which fields there may be; those that nobody changed go with it (`dropTypeDependentFields`). */
function withoutTypeFields(spec: JsonObject, old: JsonObject): JsonObject {
  const isExternal = (one: JsonObject) =>
    ["NodePort", "LoadBalancer"].includes(typeOf(one)) || listAt(one, "externalIPs").length > 0;
  const isBalancer = (one: JsonObject) => typeOf(one) === "LoadBalancer";
  const leaves = (has: (one: JsonObject) => boolean) => has(old) && !has(spec);
  const isSame = (field: string) => JSON.stringify(spec[field]) === JSON.stringify(old[field]);
  const dropped = [
    ...(leaves(needsAddress) && isSame("clusterIPs") ? ["clusterIP", "clusterIPs"] : []),
    ...(leaves(needsAddress) ? ["ipFamilies", "ipFamilyPolicy"].filter(isSame) : []),
    ...(leaves(checksHealth) ? ["healthCheckNodePort"].filter(isSame) : []),
    ...(leaves(isBalancer) ? ["allocateLoadBalancerNodePorts", "loadBalancerClass"].filter(isSame) : []),
    ...(leaves(isExternal) ? ["externalTrafficPolicy"].filter(isSame) : []),
  ];
  const kept = Object.fromEntries(Object.entries(spec).filter(([field]) => !dropped.includes(field)));
  const nodePorts = (one: JsonObject) =>
    listAt(one, "ports").map((port) => numberOf(isObject(port) ? port.nodePort : undefined));
  if (!leaves(opensNodePort) || String(nodePorts(spec)) !== String(nodePorts(old))) return kept;
  const ports = listAt(kept, "ports").map((port) => (isObject(port) ? { ...port, nodePort: 0 } : port));
  return { ...kept, ports };
}

/** By the name of the type. */
export const strategies: Readonly<Record<string, Strategy>> = {
  "core.v1.Secret": { create: secret, update: secret },
  // namespaceStrategy.PrepareForUpdate
  "core.v1.Namespace": { update: (object, { spec }) => ({ ...object, ...(spec !== undefined && { spec }) }) },
  "core.v1.Pod": { create: pod, update: pod },
  "core.v1.PersistentVolumeClaim": { create: (object) => claim(object), update: claim },
  "core.v1.Service": { create: newService, update: keptService },
  "batch.v1.Job": { create: job },
};
