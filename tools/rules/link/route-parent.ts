import { type JsonObject, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { listenersOf, refusal } from "../lib/listeners.ts";
import { valuesAt } from "../lib/places.ts";
import { isFragment, isRenderedIn, lookUp, missing } from "../lib/reference.ts";
import { gateway, gatewayRoutes, parentRefs } from "../lib/routes.ts";

/** `NoMatchingParent`, `NotAllowedByListeners` and `NoMatchingListenerHostname` of the Gateway API. */
export const routeParent = definePolicy({
  id: "link/route-parent",
  severity: "error",
  why: "A route serves only where a listener of its Gateway takes it: one of that name and port, for its kind, its namespace and its hostnames. Where none does, it is there, and no request reaches it. https://gateway-api.sigs.k8s.io/api-types/httproute/#attaching-to-gateways",
  fix: "Name a Gateway that is there and one of its listeners, and let that allow the route: allowedRoutes.namespaces, allowedRoutes.kinds, hostname.",
  match: { kind: gatewayRoutes },
  *check(route, context): Generator<Violation> {
    if (isFragment(context)) return;
    for (const { value, pointer } of parentRefs(route)) yield* judge(value, pointer, route, context);
  },
});

function* judge(value: JsonObject, pointer: string, route: Resource, context: TargetContext): Generator<Violation> {
  const kind = `Gateway.${gateway}`;
  const elsewhere = stringAt(value, "namespace");
  const named = { kind, namespace: elsewhere ?? route.namespace, name: stringAt(value, "name") ?? "" };
  const found = lookUp(named, context);
  if (found === "provided" || named.name === "") return;
  if (found !== undefined) yield* judgeListeners(value, pointer, found, route);
  // Gateways are mostly of whoever runs the cluster, who has a namespace of their own.
  else if (elsewhere === undefined || isRenderedIn(elsewhere, kind, context))
    yield missing(named, `${route.kind} ${route.name}`, `${pointer}/name`, context);
}

function* judgeListeners(ref: JsonObject, pointer: string, owner: Resource, route: Resource): Generator<Violation> {
  const all = listenersOf(owner);
  const { sectionName, port } = ref;
  // Others may add listeners to it.
  if (all.length === 0 || valuesAt(owner.object, "spec/allowedListeners").length > 0) return;
  const named = all.filter((one) => sectionName === undefined || one.name === sectionName);
  const meant = named.filter((one) => port === undefined || one.port === port);
  const what = `${route.kind} ${route.name}`;
  if (meant.length === 0) {
    const field = named.length === 0 ? "sectionName" : "port";
    const known = all.map((one) => `${String(one.name)} (${String(one.port)})`).join(", ");
    const message = `${what} names listener ${String(ref[field])} of Gateway ${owner.name}, which has none such`;
    yield { pointer: `${pointer}/${field}`, message, help: `Its listeners: ${known}.` };
    return;
  }
  const refusals = meant.map((one) => ({ name: String(one.name), reason: refusal(one, owner, route) }));
  if (refusals.some(({ reason }) => reason === undefined)) return;
  const reasons = refusals.map(({ name, reason }) => `listener ${name} ${reason}`).join("; ");
  yield { pointer: `${pointer}/name`, message: `${what} is taken by no listener of Gateway ${owner.name}: ${reasons}` };
}
