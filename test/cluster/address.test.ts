import { describe, expect, test } from "vitest";
import { entranceOf, routesTo, urlOf } from "../../tools/cluster/address.ts";
import type { JsonObject } from "../../tools/core/json.ts";
import { object } from "./live.ts";

const service = (name: string, spec: JsonObject, status: JsonObject = {}) => object("Service", spec, status, { name });
const web = { port: 80, nodePort: 30080 };

describe("the entrance for visitors", () => {
  const redis = service("redis", { ports: [{ port: 6379 }] });
  test.each([
    ["a web port", [redis, service("web", { ports: [{ port: 80 }] })], "web:80"],
    ["a port named http", [redis, service("web", { ports: [{ port: 9 }, { port: 7, name: "http" }] })], "web:7"],
    [
      "an exposed Service first",
      [service("a", { ports: [{ port: 80 }] }), service("b", { type: "NodePort", ports: [{ port: 5 }] })],
      "b:5",
    ],
    [
      "a load balancer first",
      [service("a", { type: "NodePort", ports: [web] }), service("b", { type: "LoadBalancer", ports: [web] })],
      "b:80",
    ],
    ["no web port", [redis], undefined],
    ["no TCP port", [service("dns", { type: "NodePort", ports: [{ port: 53, protocol: "UDP" }] })], undefined],
    ["no Services", [], undefined],
  ])("%s", (_, services, expected) => {
    const entrance = entranceOf(services);
    expect(entrance && `${entrance.service.name}:${entrance.port}`).toBe(expected);
  });
});

describe("addresses", () => {
  const addresses = [
    { type: "Hostname", address: "node-1" },
    { type: "InternalIP", address: "10.0.0.1" },
    { type: "ExternalIP", address: "203.0.113.1" },
  ];
  const nodes = [object("Node", {}, { addresses })];
  const balanced = { loadBalancer: { ingress: [{ ip: "192.0.2.1" }, { hostname: "lb.example.com" }] } };
  test.each([
    ["ClusterIP", {}, "lab", []],
    ["NodePort", {}, "lab", ["203.0.113.1:30080", "10.0.0.1:30080"]],
    ["NodePort", {}, "docker-desktop", ["localhost:30080", "203.0.113.1:30080", "10.0.0.1:30080"]],
    ["LoadBalancer", balanced, "lab", ["192.0.2.1:80", "lb.example.com:80", "203.0.113.1:30080", "10.0.0.1:30080"]],
    ["LoadBalancer", {}, "lab", ["203.0.113.1:30080", "10.0.0.1:30080"]],
  ])("%s %j on %s", (type, status, context, expected) => {
    const ports = [type === "ClusterIP" ? { port: 80 } : web];
    const entrance = entranceOf([service("web", { type, ports }, status)]);
    const routes = entrance === undefined ? [] : routesTo(entrance, nodes, context);
    expect(routes.map(({ host, port }) => `${host}:${port}`)).toEqual(expected);
  });

  test.each([
    ["192.0.2.1", 80, false, "http://192.0.2.1/"],
    ["192.0.2.1", 8080, false, "http://192.0.2.1:8080/"],
    ["2001:db8::1", 30080, false, "http://[2001:db8::1]:30080/"],
    ["example.com", 443, true, "https://example.com/"],
  ])("%s %i", (host, port, secure, url) => expect(urlOf(host, port, secure)).toBe(url));
});
