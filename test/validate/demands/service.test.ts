import { expect, it } from "vitest";
import type { Json, JsonObject } from "../../../tools/core/json.ts";
import { said } from "../subject.ts";

const service = (spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", ...metadata },
  spec: { ports: [{ port: 80 }], ...spec },
});
const ports = (...list: Json[]): JsonObject => ({ ports: list });
const annotated = (key: string, value: string) => ({ annotations: { [key]: value } });

it.each<[string, JsonObject, string[]]>([
  ["no ports", service({ ports: [] }), ["apply/service-fields /spec/ports"]],
  ["no ports, headless", service({ ports: [], clusterIP: "None" }), []],
  ["a duplicate port", service(ports({ name: "a", port: 80 }, { name: "b", port: 80 })), ["apply/port /spec/ports/1"]],
  ["a port in two protocols", service(ports({ name: "a", port: 53 }, { name: "b", port: 53, protocol: "UDP" })), []],
  [
    "an invalid target port name",
    service(ports({ port: 80, targetPort: "a--b" })),
    ["apply/port /spec/ports/0/targetPort"],
  ],
  [
    "a node port outside the range",
    service({ type: "NodePort", ...ports({ port: 80, nodePort: 80 }) }),
    ["apply/node-port /spec/ports/0/nodePort"],
  ],
  [
    "one node port for two ports",
    service({
      type: "NodePort",
      ...ports({ name: "a", port: 80, nodePort: 30080 }, { name: "b", port: 81, protocol: "UDP", nodePort: 30080 }),
    }),
    ["apply/node-port /spec/ports/1/nodePort"],
  ],
  [
    "one node port for a port in two protocols",
    service({
      type: "NodePort",
      ...ports({ name: "a", port: 53, nodePort: 30053 }, { name: "b", port: 53, protocol: "UDP", nodePort: 30053 }),
    }),
    [],
  ],
  [
    "a health check node port that a port uses",
    service({
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      healthCheckNodePort: 30080,
      ...ports({ port: 80, nodePort: 30080 }),
    }),
    ["apply/node-port /spec/healthCheckNodePort"],
  ],
  ["a headless load balancer", service({ type: "LoadBalancer", clusterIP: "None" }), ["apply/cidr /spec/clusterIP"]],
  ["a single address that is none", service({ clusterIP: "ADDRESS" }), ["apply/cidr /spec/clusterIP"]],
  ["an address of another family", service({ clusterIP: "fd00::1" }), ["apply/cidr /spec/clusterIP"]],
  [
    "a list of addresses that are none",
    service({ clusterIP: "a", clusterIPs: ["a"] }),
    ["apply/cidr /spec/clusterIPs/0"],
  ],
  [
    "an external name with addresses",
    service({ type: "ExternalName", externalName: "a.example", clusterIP: "10.0.0.1" }),
    ["apply/cidr /spec/clusterIP"],
  ],
  ["an external name that ends in a dot", service({ type: "ExternalName", externalName: "a.example." }), []],
  [
    "None and an address",
    service({ clusterIP: "None", clusterIPs: ["None", "10.0.0.1"] }),
    ["apply/cidr /spec/clusterIPs", "apply/service-fields /spec/ipFamilyPolicy"],
  ],
  [
    "two addresses of one family",
    service({ clusterIP: "10.0.0.1", clusterIPs: ["10.0.0.1", "10.0.0.2"] }),
    ["apply/cidr /spec/clusterIPs", "apply/service-fields /spec/ipFamilyPolicy"],
  ],
  [
    "two families, but a single stack",
    service({ ipFamilies: ["IPv4", "IPv6"] }),
    ["apply/service-fields /spec/ipFamilies/1", "apply/service-fields /spec/ipFamilyPolicy"],
  ],
  ["a link-local external address", service({ externalIPs: ["169.254.1.1"] }), ["apply/cidr /spec/externalIPs/0"]],
  [
    "an IPv4-mapped IPv6 external address",
    service({ externalIPs: ["::ffff:192.0.2.1"] }),
    ["apply/cidr /spec/externalIPs/0"],
  ],
  ["padded source ranges", service({ type: "LoadBalancer", loadBalancerSourceRanges: [" 10.0.0.0/8 "] }), []],
  [
    "invalid source ranges in an annotation",
    service(
      { type: "LoadBalancer" },
      annotated("service.beta.kubernetes.io/load-balancer-source-ranges", "10.0.0.0/8, x"),
    ),
    ["apply/cidr /metadata/annotations/service.beta.kubernetes.io~1load-balancer-source-ranges"],
  ],
  [
    "a session affinity timeout that is too long",
    service({ sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } } }),
    ["apply/service-fields /spec/sessionAffinityConfig/clientIP/timeoutSeconds"],
  ],
  ["an affinity timeout without affinity", service({ sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } }), []],
  [
    "session affinity, but no cluster IP",
    service({ clusterIP: "None", sessionAffinity: "ClientIP" }),
    ["apply/warning /spec/sessionAffinity"],
  ],
  [
    "an IPv6 address in capitals",
    service({ type: "LoadBalancer", loadBalancerIP: "2001:DB8::1" }),
    ["apply/warning /spec/loadBalancerIP"],
  ],
])("a Service with %s", (_, object, expected) => {
  expect(said(object)).toEqual(expected);
});

it.each<[string, JsonObject, string[], string[]]>([
  ["the kubelet's port, up to 1.32", service({ type: "LoadBalancer", ...ports({ port: 10250 }) }), ["1.32"], ["1.33"]],
  [
    "a traffic distribution of 1.34",
    service({ trafficDistribution: "PreferSameNode" }),
    ["1.31", "1.33"],
    ["1.30", "1.34"],
  ],
  ["leading zeros, from 1.36", service({ externalIPs: ["010.0.0.1"] }), ["1.36"], ["1.35"]],
])("rejects %s", (_, object, rejected, accepted) => {
  const errors = (version: string) => said(object, [version]).filter((one) => !one.startsWith("apply/warning"));
  for (const version of rejected) expect(errors(version), version).toHaveLength(1);
  for (const version of accepted) expect(errors(version), version).toEqual([]);
});
