import type { Json, JsonObject } from "../../core/json.ts";
import { each, from, onObject, rule, type TypeDemands, upTo, when } from "../../vocabulary/demand.ts";
import { objectsIn, uniqueAs, uniqueBy } from "../../vocabulary/lists.ts";
import { dns1123Label, dns1123Subdomain, qualifiedName } from "../../vocabulary/names.ts";
import { absentIsZero, isNumber, portNumber, portNumberOrName, range } from "../../vocabulary/numbers.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { absent, forbidden, isUnset, required, requiredBecause } from "../../vocabulary/presence.ts";
import { evenEmpty, exactlyOneWordOf, format, oneOf, textOf, trimSpace } from "../../vocabulary/text.ts";
import { address, addressRange, canonicalAddress, canonicalRange, routableAddress } from "./address.ts";
import { labels } from "./metadata.ts";
import { clusterIps, ipFamilies, ipFamilyPolicy, isHeadless, typeOf } from "./service-addresses.ts";

const is =
  (...types: string[]) =>
  (service: JsonObject) =>
    types.includes(typeOf(service));

const isExternalName = is("ExternalName");
const isLoadBalancer = is("LoadBalancer");
const hasNodePorts = is("NodePort", "LoadBalancer");

/** `ExternallyAccessible`. */
const isReachableFromOutside = (service: JsonObject) =>
  hasNodePorts(service) || (typeOf(service) === "ClusterIP" && !isUnset(service.externalIPs));

/** `NeedsHealthCheck`. */
const needsHealthCheck = (service: JsonObject) => isLoadBalancer(service) && service.externalTrafficPolicy === "Local";

const hasSeveralPorts = ({ ports }: JsonObject) => Array.isArray(ports) && ports.length > 1;

/** The default of `--service-node-port-range`. */
const nodePortRange = range(30000, 32767);

const protocolOf = ({ protocol }: JsonObject) => textOf(protocol) || "TCP";

/**
 * A node port belongs to one port of the Service, possibly with several protocols (`initNodePorts`). In an update,
 * several ports may share it (`updateNodePorts`).
 */
const distinctNodePorts: Check = (value, at) => {
  const isShared = hasNodePorts(at.parent) && !at.isThere;
  const owners = new Map<Json, { port: Json | undefined; protocol: string }>();
  objectsIn(value).forEach((element, index) => {
    const { nodePort, port } = element;
    if (nodePort === undefined || isUnset(nodePort)) return;
    const [owner, protocol] = [owners.get(nodePort), protocolOf(element)];
    if (owner !== undefined && (owner.protocol === protocol || (owner.port !== port && isShared))) {
      at.beneath([index, "nodePort"], () => at.duplicate(nodePort));
    }
    owners.set(nodePort, { port, protocol });
  });
};

const kubeletPort: Check = (value, at) => {
  if (value === 10250) at.invalid("is 10250, the port of the kubelet", "Use a different port.");
};

const ports = [
  when((service) => !isHeadless(service) && !isExternalName(service), required),
  rule("apply/port", [
    when(hasSeveralPorts, each({ name: requiredBecause("when a Service has several ports", "Name each port.") })),
    uniqueBy("name"),
    uniqueAs((port) => `${protocolOf(port)}/${port.port ?? 0}`),
  ]),
  rule("apply/node-port", [
    when(is("ClusterIP"), each({ nodePort: forbidden("when type is ClusterIP") })),
    when(hasNodePorts, each({ nodePort: when(({ nodePort }) => !isUnset(nodePort), nodePortRange) })),
    distinctNodePorts,
  ]),
  upTo("1.32", when(isLoadBalancer, each({ port: (value: Json | undefined, at: Place) => kubeletPort(value, at) }))),
];

/** A DNS name, which may end in a dot. */
const externalName = format("a DNS name", "Use lowercase letters, digits, - and dots.", (name) =>
  dns1123Subdomain.fits(name.replace(/\.$/, "")),
);

/**
 * A Service that is not exposed outside the cluster has no external traffic (`validateServiceExternalTrafficPolicy`).
 */
const noOutsideTraffic: Check = (value, at) => {
  if (!isUnset(value)) at.invalid(`is ${at.show(value)}, but this Service gets no external traffic`, outsideHelp);
};
const outsideHelp = "Remove it or set type to NodePort or LoadBalancer.";

const noHealthCheck: Check = (value, at) => {
  if (isUnset(value)) return;
  at.invalid(`is ${at.show(value)}, which requires type LoadBalancer and externalTrafficPolicy Local`, "Remove it.");
};

/** The port for health checks is a node port, too (`allocHealthCheckNodePort`). */
const healthCheckPort: Check = (value, at) => {
  if (isUnset(value)) return;
  nodePortRange(value, at);
  const taken = objectsIn(at.parent.ports).some(({ nodePort }) => nodePort === value);
  if (taken) at.invalid(`is ${at.show(value)}, which is the nodePort of a port`, "Use a different port or remove it.");
};

const affinityTimeout: Check = (value, at) => {
  if (isNumber(value)) range(1, 86400)(value, at);
};

const sourceRange: Check = (value, at) => {
  for (const check of addressRange) check(typeof value === "string" ? trimSpace(value) : value, at);
};

const sourceRanges = "service.beta.kubernetes.io/load-balancer-source-ranges";

/** The annotation applies if loadBalancerSourceRanges is empty; commas separate its ranges. */
const annotatedRanges: Check = (value, at) => {
  const spec = specOf(at);
  if (typeof value !== "string" || !isUnset(spec.loadBalancerSourceRanges)) return;
  if (!isLoadBalancer(spec)) at.forbidden("unless type is LoadBalancer");
  if (trimSpace(value) === "") return;
  for (const one of value.split(",")) sourceRange(one, at);
};

const topologyMode = "service.kubernetes.io/topology-mode";
const topologyHints = "service.kubernetes.io/topology-aware-hints";

/** The old and the new annotation must not contradict each other. */
const sameAsHints: Check = (value, at) => {
  const old = at.parent[topologyHints];
  if (typeof value === "string" && typeof old === "string" && value !== old)
    at.invalid(`is ${at.show(value)}, but ${topologyHints} is ${at.show(old)}`, `Remove ${topologyHints}.`);
};

const deprecatedHints: Check = (value, at) => {
  if (value !== undefined) at.warn("is deprecated", `Use ${topologyMode}.`);
};

function specOf(at: Place): JsonObject {
  return (at.root.spec ?? {}) as JsonObject;
}

/** Fields that the API server accepts but ignores (`GetWarningsForService`). */
const warnings = onObject((service, at) => {
  const isIgnored = (field: string, why: string) => at.under(field, () => at.warn(`is ignored ${why}`, "Remove it."));
  const isHeadlessOne = typeOf(service) === "ClusterIP" && service.clusterIP === "None";
  if (isHeadlessOne) {
    for (const field of ["loadBalancerIP", "externalIPs"]) if (!isUnset(service[field])) isIgnored(field, headless);
    if (!isUnset(service.sessionAffinity) && service.sessionAffinity !== "None") isIgnored("sessionAffinity", headless);
  }
  if (isExternalName(service) && !isUnset(service.externalIPs)) isIgnored("externalIPs", "when type is ExternalName");
  if (!isExternalName(service) && !isUnset(service.externalName))
    isIgnored("externalName", "unless type is ExternalName");
});
const headless = "when clusterIP is None";

const deprecatedExternalIps: Check = (value, at) => {
  const isUsed = !isUnset(value) && !isExternalName(at.parent) && !isHeadless(at.parent);
  if (isUsed) at.warn("is deprecated, and some clusters do not implement it", "Use a Service of type LoadBalancer.");
};

const deprecatedPreferClose: Check = (value, at) => {
  if (value === "PreferClose") at.warn("is PreferClose, which is deprecated", "Use PreferSameZone.");
};

/** https://kubernetes.io/docs/concepts/services-networking/service/ (`validateService`) */
export const service: TypeDemands = {
  "core.v1.Service": {
    metadata: {
      annotations: {
        [sourceRanges]: rule("apply/cidr", annotatedRanges),
        [topologyMode]: sameAsHints,
        [topologyHints]: deprecatedHints,
      },
    },
  },

  "core.v1.ServiceSpec": rule("apply/service-fields", [
    {
      type: oneOf("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
      ports,
      selector: labels,
      sessionAffinity: oneOf("ClientIP", "None"),
      sessionAffinityConfig: when(({ sessionAffinity }) => sessionAffinity === "ClientIP", {
        clientIP: { timeoutSeconds: affinityTimeout },
      }),
      clusterIPs: rule("apply/cidr", clusterIps),
      ipFamilies,
      ipFamilyPolicy,
      externalIPs: [
        rule("apply/cidr", each([address, routableAddress, canonicalAddress])),
        from("1.36", deprecatedExternalIps),
      ],
      externalName: when(isExternalName, [required, externalName]),
      loadBalancerIP: canonicalAddress,
      loadBalancerSourceRanges: [
        when(isLoadBalancer, [], forbidden("unless type is LoadBalancer")),
        rule("apply/cidr", each([sourceRange, canonicalRange])),
      ],
      loadBalancerClass: when(isLoadBalancer, evenEmpty(qualifiedName), absent("unless type is LoadBalancer")),
      allocateLoadBalancerNodePorts: when(isLoadBalancer, [], absent("unless type is LoadBalancer")),
      externalTrafficPolicy: when(isReachableFromOutside, oneOf("Cluster", "Local"), noOutsideTraffic),
      healthCheckNodePort: rule("apply/node-port", when(needsHealthCheck, healthCheckPort, noHealthCheck)),
      internalTrafficPolicy: exactlyOneWordOf("Cluster", "Local"),
      trafficDistribution: [
        from("1.31", upTo("1.33", exactlyOneWordOf("PreferClose"))),
        from("1.34", exactlyOneWordOf("PreferSameZone", "PreferSameNode", "PreferClose")),
        from("1.35", deprecatedPreferClose),
      ],
    },
    warnings,
  ]),

  // validateServicePort; targetPort defaults to port.
  "core.v1.ServicePort": rule("apply/port", {
    name: dns1123Label,
    port: absentIsZero(portNumber),
    protocol: oneOf("TCP", "UDP", "SCTP"),
    targetPort: when(({ targetPort }) => !isUnset(targetPort), portNumberOrName),
    appProtocol: evenEmpty(qualifiedName),
  }),
};
