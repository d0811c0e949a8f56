import { definePolicy, type Violation } from "../../policy/define.ts";
import { checkPort } from "../lib/backend-port.ts";
import { isBackendKnown } from "../lib/mesh.ts";
import { isFragment, lookUp, missing } from "../lib/reference.ts";
import { backendRefs, routeKinds } from "../lib/routes.ts";

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
      const service = isBackendKnown(named, route, context) ? lookUp(named, context) : "provided";
      if (service === undefined) yield missing(named, `${route.kind} ${route.name}`, backend.pointer, context);
      else if (service !== "provided") yield* checkPort(backend, service, `${route.kind} ${route.name}`);
    }
  },
});
