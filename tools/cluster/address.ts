import { type JsonObject, objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { objectsAt } from "./state.ts";

/** An address where a Service may be reachable from outside the cluster. */
export interface Route {
  readonly host: string;
  readonly port: number;
  readonly by: "load balancer" | "node port";
}

/** The Service port that is meant for visitors. */
export interface Entrance {
  readonly service: Resource;
  readonly port: number;
  readonly nodePort: number | undefined;
  readonly secure: boolean;
}

/** The Service types that are reachable from outside, widest first. */
const types = ["LoadBalancer", "NodePort"];
const webPorts = [80, 8080, 443, 8443, 3000];

/**
 * The entrance for visitors: the first Service that is open to the outside, otherwise the first with a web port. Undefined if
 * there is none.
 */
export function entranceOf(services: readonly Resource[]): Entrance | undefined {
  const opened = types.flatMap((type) => services.filter(({ object }) => typeOf(object) === type));
  const inside = services.filter(({ object }) => portsOf(object).some(isWeb));
  const [service] = [...opened, ...inside];
  if (service === undefined) return undefined;
  const ports = portsOf(service.object);
  const port = ports.find(isWeb) ?? ports[0];
  if (port === undefined) return undefined;
  const nodePort = typeof port.nodePort === "number" ? port.nodePort : undefined;
  return { service, port: Number(port.port), nodePort, secure: isSecure(port) };
}

/** Every address where a Service may be reachable, best first. Only a request shows which of them works. */
export function routesTo({ service, port, nodePort }: Entrance, nodes: readonly Resource[], context: string): Route[] {
  const hosts = typeOf(service.object) === "LoadBalancer" ? ingressesOf(service) : [];
  const balanced = hosts.map((host): Route => ({ host, port, by: "load balancer" }));
  if (nodePort === undefined) return balanced;
  const own = context === "docker-desktop" ? ["localhost"] : [];
  const near = [...own, ...["ExternalIP", "InternalIP"].flatMap((type) => addressesOf(nodes, type))];
  return [...balanced, ...near.map((host): Route => ({ host, port: nodePort, by: "node port" }))];
}

/** `http://198.51.100.10:30080/`; a default port is left out. */
export function urlOf(host: string, port: number, secure: boolean): string {
  const scheme = secure ? "https" : "http";
  const known = port === (secure ? 443 : 80);
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}${known ? "" : `:${port}`}/`;
}

/** The type of a Service; the default is `ClusterIP`. */
export function typeOf(object: JsonObject): string {
  return stringAt(objectAt(object, "spec"), "type") ?? "ClusterIP";
}

/** The TCP ports of a Service. */
export function portsOf(object: JsonObject): JsonObject[] {
  return objectsAt(objectAt(object, "spec"), "ports").filter(({ protocol }) => (protocol ?? "TCP") === "TCP");
}

/** The addresses of a load balancer: https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer */
export function ingressesOf({ object }: Resource): string[] {
  const ingresses = objectsAt(objectAt(objectAt(object, "status"), "loadBalancer"), "ingress");
  return ingresses.map((one) => stringAt(one, "ip") ?? stringAt(one, "hostname")).filter((host) => host !== undefined);
}

function addressesOf(nodes: readonly Resource[], type: string): string[] {
  const all = nodes.flatMap(({ object }) => objectsAt(objectAt(object, "status"), "addresses"));
  return all.flatMap((one) => (one.type === type && typeof one.address === "string" ? [one.address] : []));
}

function isWeb(port: JsonObject): boolean {
  const words = `${stringAt(port, "appProtocol") ?? ""} ${stringAt(port, "name") ?? ""}`;
  return /\bhttps?\b/i.test(words) || webPorts.includes(Number(port.port));
}

function isSecure(port: JsonObject): boolean {
  const words = `${stringAt(port, "appProtocol") ?? ""} ${stringAt(port, "name") ?? ""}`;
  return /\bhttps\b/i.test(words) || port.port === 443 || port.port === 8443;
}
