import { isObject, listAt, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { isFragment, lookUp, missing } from "../lib/reference.ts";
import { type Backend, backendRefs, routeKinds } from "../lib/routes.ts";

/** Ingress, and the routes of the Gateway API and Traefik. */
export const ingressBackend = definePolicy({
  id: "link/ingress-backend",
  severity: "error",
  why: "A route to a Service that does not exist, or to a port that it does not have, answers every visitor with 404 or 503. https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource",
  fix: "Name a Service of the same namespace, and one of its ports.",
  match: { kind: routeKinds },
  *check(route, context): Generator<Violation> {
    if (isFragment(context)) return;
    for (const backend of backendRefs(route)) {
      const named = { kind: "Service", namespace: backend.namespace, name: backend.name };
      const service = lookUp(named, context);
      if (service === undefined) yield missing(named, `${route.kind} ${route.name}`, backend.pointer, context);
      else if (service !== "provided") yield* judgePort(backend, service, route);
    }
  },
});

function* judgePort({ port, portPointer }: Backend, { name, object }: Resource, route: Resource): Generator<Violation> {
  const spec = objectAt(object, "spec");
  const ports = listAt(spec, "ports").filter(isObject);
  if (port === undefined || ports.length === 0) return;
  if (ports.some((one) => one.port === port || one.name === port || String(one.port) === String(port))) return;
  const known = ports.map((one) => (typeof one.name === "string" ? `${one.name} (${one.port})` : String(one.port)));
  yield {
    pointer: portPointer,
    message: `${route.kind} ${route.name} sends to port ${String(port)} of Service ${name}, which has none such`,
    help: `The ports of the Service: ${known.join(", ")}.`,
  };
}
