import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { numberOf } from "../../vocabulary/text.ts";
import { typeOf } from "../demands/service-addresses.ts";

/** A placeholder for the address that the cluster allocates. */
export const allocatedAddress = "192.0.2.1";

/** A placeholder for a node port that the cluster allocates because another port still has the previous one. */
const reallocatedPort = 32767;

/** Whether a port of a stored Service stands for one that the cluster allocates: its manifest does not contain it. */
export function isAllocatedPort(port: Json | undefined, manifest: JsonObject | undefined): boolean {
  const spec = objectAt(manifest, "spec") ?? {};
  const written = listAt(spec, "ports").map((one) => isObject(one) && one.nodePort);
  return typeof port === "number" && ![...written, spec.healthCheckNodePort].includes(port);
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

/** A new Service gets an address, an IP family and the node ports that its type requires (`AllocateCreate`). */
export function newService(object: JsonObject): JsonObject {
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

/** If only `clusterIP` changes, `clusterIPs` follows it (`normalizeClusterIPs`). */
function withPrimary(spec: JsonObject, old: JsonObject): JsonObject {
  const { clusterIP } = spec;
  if (isUnset(clusterIP) || clusterIP === undefined || clusterIP === old.clusterIP) return spec;
  return String(spec.clusterIPs) === String(old.clusterIPs) ? { ...spec, clusterIPs: [clusterIP] } : spec;
}

/** An update keeps allocated values unless it sets others (`patchAllocatedValues`). */
export function keptService(object: JsonObject, stored: JsonObject): JsonObject {
  const [spec, old] = [objectAt(object, "spec") ?? {}, objectAt(stored, "spec") ?? {}];
  let kept = withoutTypeFields(withPrimary(spec, old), old);
  if (needsAddress(old) && needsAddress(kept)) {
    if (isUnset(kept.clusterIP) && old.clusterIP !== undefined) kept = { ...kept, clusterIP: old.clusterIP };
    if (isUnset(kept.clusterIPs) && old.clusterIPs !== undefined) kept = { ...kept, clusterIPs: old.clusterIPs };
  }
  if (opensNodePort(old) && opensNodePort(kept)) {
    const ports = listAt(old, "ports").filter(isObject);
    const used = listAt(kept, "ports").map((port) => isObject(port) && port.nodePort);
    const keptBy = (name: Json | undefined) => ports.find((port) => port.name === name)?.nodePort;
    kept = withNodePorts(kept, ({ name }) => (used.includes(keptBy(name) ?? null) ? reallocatedPort : keptBy(name)));
  }
  if (checksHealth(old) && checksHealth(kept) && old.healthCheckNodePort !== undefined)
    kept = { healthCheckNodePort: old.healthCheckNodePort, ...kept };
  const families = needsAddress(old) && needsAddress(kept) ? pick(old, "ipFamilies", "ipFamilyPolicy") : {};
  return { ...object, spec: { ...families, ...kept } };
}

function pick(object: JsonObject, ...fields: string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([field]) => fields.includes(field)));
}

/** A change of the type drops unchanged fields that the new type does not allow (`dropTypeDependentFields`). */
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
