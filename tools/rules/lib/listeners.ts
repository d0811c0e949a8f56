import { isObject, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { gateway } from "./routes.ts";
import { mayBeSameNamespace } from "./target.ts";

/** The listeners of a Gateway. */
export function listenersOf({ object }: Resource): JsonObject[] {
  return listAt(objectAt(object, "spec"), "listeners").filter(isObject);
}

/** The kinds that each protocol accepts, unless the listener lists them. https://gateway-api.sigs.k8s.io/reference/spec/#protocoltype */
const kindsOf: Readonly<Record<string, readonly string[]>> = {
  HTTP: ["HTTPRoute", "GRPCRoute"],
  HTTPS: ["HTTPRoute", "GRPCRoute"],
  TLS: ["TLSRoute", "TCPRoute"],
  TCP: ["TCPRoute"],
  UDP: ["UDPRoute"],
};

/** Why a listener rejects a route; undefined if it may accept it. */
export function refusal(listener: JsonObject, owner: Resource, route: Resource): string | undefined {
  if (!takesKind(listener, route.kind)) return `does not accept kind ${route.kind}`;
  if (!takesNamespace(listener, owner, route)) return `does not accept routes from namespace ${route.namespace}`;
  if (!takesHosts(listener, route))
    return `serves ${stringAt(listener, "hostname")}, which matches none of the route's hostnames`;
  return undefined;
}

function takesKind(listener: JsonObject, kind: string): boolean {
  const allowed = listAt(objectAt(listener, "allowedRoutes"), "kinds").filter(isObject);
  if (allowed.length > 0) return allowed.some((one) => one.kind === kind && (one.group ?? gateway) === gateway);
  const protocol = stringAt(listener, "protocol") ?? "";
  return Object.hasOwn(kindsOf, protocol) ? (kindsOf[protocol] ?? []).includes(kind) : true;
}

/** A selector may match any namespace: their labels are mostly rendered elsewhere. */
function takesNamespace(listener: JsonObject, owner: Resource, route: Resource): boolean {
  const from = stringAt(objectAt(objectAt(listener, "allowedRoutes"), "namespaces"), "from") ?? "Same";
  return from === "Same" ? mayBeSameNamespace(owner.namespace, route.namespace) : from !== "None";
}

function takesHosts(listener: JsonObject, { object }: Resource): boolean {
  const own = stringAt(listener, "hostname");
  const hosts = stringsAt(objectAt(object, "spec"), "hostnames");
  return !own || hosts.length === 0 || hosts.some((host) => covers(own, host) || covers(host, own));
}

/** `*.example.com` matches all names below it. */
function covers(pattern: string, host: string): boolean {
  const [one, other] = [pattern.toLowerCase(), host.toLowerCase()];
  return one === other || (one.startsWith("*.") && other.endsWith(one.slice(1)) && other.length > one.length - 1);
}
