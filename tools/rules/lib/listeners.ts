import { isObject, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { selects } from "../../vocabulary/selector.ts";
import { gateway } from "./routes.ts";
import { labelsOfNamespace, mayBeSameNamespace } from "./target.ts";

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
export function refusal(
  listener: JsonObject,
  owner: Resource,
  route: Resource,
  context: TargetContext,
): string | undefined {
  if (!takesKind(listener, route.kind)) return `does not accept kind ${route.kind}`;
  if (!takesNamespace(listener, owner, route, context))
    return `does not accept routes from namespace ${route.namespace}`;
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

/** The labels of a namespace are only known if the target renders it. */
function takesNamespace(listener: JsonObject, owner: Resource, route: Resource, context: TargetContext): boolean {
  const allowed = objectAt(objectAt(listener, "allowedRoutes"), "namespaces");
  const from = stringAt(allowed, "from") ?? "Same";
  if (from === "Same") return mayBeSameNamespace(owner.namespace, route.namespace);
  const labels = from === "Selector" && route.namespace && labelsOfNamespace(route.namespace, context);
  return labels ? selects(objectAt(allowed, "selector") ?? {}, labels) : from !== "None";
}

function takesHosts(listener: JsonObject, { object }: Resource): boolean {
  const own = stringAt(listener, "hostname");
  const hosts = stringsAt(objectAt(object, "spec"), "hostnames");
  return !own || hosts.length === 0 || hosts.some((host) => covers(own, host) || covers(host, own));
}

/** `*.example.com` matches all names below it. */
export function covers(pattern: string, host: string): boolean {
  const [one, other] = [pattern.toLowerCase(), host.toLowerCase()];
  return one === other || (one.startsWith("*.") && other.endsWith(one.slice(1)) && other.length > one.length - 1);
}
