import { type JsonObject, stringAt } from "../../core/json.ts";
import { listed } from "../../core/listed.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { listenersOf, refusal } from "../lib/listeners.ts";
import { unservedHosts } from "../lib/mesh.ts";
import { valuesAt } from "../lib/places.ts";
import { isFragment, isRenderedIn, lookUp, missing } from "../lib/reference.ts";
import { gateway, gatewayRoutes, parentRefs } from "../lib/routes.ts";
import { groupKind, indexOf } from "../lib/target.ts";

/** `NoMatchingParent`, `NotAllowedByListeners` and `NoMatchingListenerHostname` of the Gateway API. */
export const routeParent = definePolicy({
  id: "link/route-parent",
  severity: "error",
  why: "A route only gets requests if a listener of its Gateway accepts it: the listener must match the name and port of the reference, and allow the route's kind, namespace and hostnames. https://gateway-api.sigs.k8s.io/api-types/httproute/#attaching-to-gateways",
  fix: "Name a Gateway that exists and one of its listeners, and allow the route there: allowedRoutes.namespaces, allowedRoutes.kinds, hostname.",
  match: { kind: [...gatewayRoutes, "VirtualService"] },
  *check(route, context): Generator<Violation> {
    if (isFragment(context)) return;
    if (route.kind === "VirtualService") yield* ofMesh(route, context);
    for (const { value, pointer } of parentRefs(route)) yield* judge(value, pointer, route, context);
  },
});

function* ofMesh(route: Resource, context: TargetContext): Generator<Violation> {
  const { hosts, served } = unservedHosts(route, context) ?? {};
  if (hosts === undefined || served === undefined) return;
  yield {
    pointer: "/spec/hosts",
    message: `VirtualService ${route.name} has the hosts ${listed(hosts, 3)}, none of which its Gateways serve`,
    help: `They serve ${listed(served, 5) || "none for its namespace"}.`,
  };
}

function* judge(value: JsonObject, pointer: string, route: Resource, context: TargetContext): Generator<Violation> {
  const kind = `Gateway.${gateway}`;
  const elsewhere = stringAt(value, "namespace");
  const named = { kind, namespace: elsewhere ?? route.namespace, name: stringAt(value, "name") ?? "" };
  const found = lookUp(named, context);
  if (found === "provided" || named.name === "" || isOneOfMany(found, context)) return;
  if (found !== undefined) yield* judgeListeners(value, pointer, found, route, context);
  // Gateways mostly belong to the operators of the cluster, in a namespace of their own.
  else if (elsewhere === undefined || isRenderedIn(elsewhere, kind, context))
    yield missing(named, `${route.kind} ${route.name}`, `${pointer}/name`, context);
}

/** Examples in one folder may each have a Gateway of this name. */
function isOneOfMany(found: Resource | undefined, context: TargetContext): boolean {
  const all = found === undefined ? [] : indexOf(context).ofKindIn(groupKind(found), found.namespace);
  return all.filter(({ name }) => name === found?.name).length > 1;
}

function* judgeListeners(
  ref: JsonObject,
  pointer: string,
  owner: Resource,
  route: Resource,
  context: TargetContext,
): Generator<Violation> {
  const all = listenersOf(owner);
  const { sectionName, port } = ref;
  // ListenerSets may add listeners to it.
  if (all.length === 0 || valuesAt(owner.object, "spec/allowedListeners").length > 0) return;
  const named = all.filter((one) => sectionName === undefined || one.name === sectionName);
  const meant = named.filter((one) => port === undefined || one.port === port);
  const what = `${route.kind} ${route.name}`;
  if (meant.length === 0) {
    const field = named.length === 0 ? "sectionName" : "port";
    const known = all.map((one) => `${String(one.name)} (${String(one.port)})`).join(", ");
    const message = `${what} names ${field === "port" ? "port" : "listener"} ${String(ref[field])}, which Gateway ${owner.name} does not have`;
    yield { pointer: `${pointer}/${field}`, message, help: `Its listeners: ${known}.` };
    return;
  }
  const refusals = meant.map((one) => ({ name: String(one.name), reason: refusal(one, owner, route, context) }));
  if (refusals.some(({ reason }) => reason === undefined)) return;
  const reasons = refusals.map(({ name, reason }) => `listener ${name} ${reason}`).join("; ");
  yield {
    pointer: `${pointer}/name`,
    message: `${what} is accepted by no listener of Gateway ${owner.name}: ${reasons}`,
  };
}
