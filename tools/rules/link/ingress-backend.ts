import { listAt, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { judgePort } from "../lib/backend-port.ts";
import type { Named } from "../lib/named-references.ts";
import { isFragment, isRenderedIn, lookUp, missing } from "../lib/reference.ts";
import { backendRefs, routeKinds } from "../lib/routes.ts";
import { indexOf, meets } from "../lib/target.ts";

/** Ingress, the routes of the Gateway API and Traefik, and the VirtualServices of Istio. */
export const ingressBackend = definePolicy({
  id: "link/ingress-backend",
  severity: "error",
  why: "A route to a missing Service, or to a port that the Service does not have, answers every request with 404 or 503. https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource",
  fix: "Use a Service in the same namespace, and one of its ports.",
  match: { kind: routeKinds },
  *check(route, context): Generator<Violation> {
    if (isFragment(context)) return;
    for (const backend of backendRefs(route)) {
      const named = { kind: "Service", namespace: backend.namespace, name: backend.name };
      if (route.kind === "VirtualService" && !isKnown(named, route, context)) continue;
      const service = lookUp(named, context);
      if (service === undefined) yield missing(named, `${route.kind} ${route.name}`, backend.pointer, context);
      else if (service !== "provided") yield* judgePort(backend, service, `${route.kind} ${route.name}`);
    }
  },
});

/** Whether a missing Service is missing in the mesh: other targets render other namespaces, a ServiceEntry adds hosts. */
function isKnown({ name, namespace }: Named, route: Resource, context: TargetContext): boolean {
  const entries = indexOf(context).ofKind("ServiceEntry.networking.istio.io");
  const isEntry = entries.some(({ object }) => listAt(objectAt(object, "spec"), "hosts").includes(name));
  return !isEntry && (meets(route.namespace, namespace) || isRenderedIn(namespace, "Service", context));
}
