import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { calledServices } from "../../rules/lib/api-server-calls.ts";
import { isBackendKnown } from "../../rules/lib/mesh.ts";
import { targetPortOf } from "../../rules/lib/ports.ts";
import { backendRefs, gateway, parentRefs } from "../../rules/lib/routes.ts";
import { backendsOf } from "../../rules/lib/selection.ts";
import { groupKind, indexOf } from "../../rules/lib/target.ts";
import { monitorsOf } from "../../rules/lib/traffic.ts";
import { clients, endOf, type Link } from "../link.ts";

/** The path of requests: from outside via Gateways, routes and Services to the pods. */
export function* traffic(context: TargetContext): Generator<Link> {
  for (const resource of context.resources) {
    if (isEntrance(resource)) yield { from: clients, to: resource, relation: "reaches", detail: portsOf(resource) };
    yield* routes(resource, context);
    yield* calledByServer(resource, context);
  }
  for (const service of indexOf(context).ofKind("Service")) yield* ofService(service, context);
}

const entrances = new Set([
  "Ingress.networking.k8s.io",
  `Gateway.${gateway}`,
  ...["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"].flatMap((kind) => [
    `${kind}.traefik.io`,
    `${kind}.traefik.containo.us`,
  ]),
]);

/** https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types */
function isEntrance(resource: Resource): boolean {
  if (groupKind(resource) !== "Service") return entrances.has(groupKind(resource));
  const spec = objectAt(resource.object, "spec");
  return ["NodePort", "LoadBalancer"].includes(stringAt(spec, "type") ?? "") || listAt(spec, "externalIPs").length > 0;
}

/** The ports for clients, as far as the manifest sets them. */
function portsOf({ object }: Resource): string {
  const spec = objectAt(object, "spec");
  const ports = [...listAt(spec, "ports"), ...listAt(spec, "listeners")].filter(isObject);
  return ports
    .map((port) => (spec?.type === "NodePort" ? (port.nodePort ?? port.port) : port.port))
    .map(String)
    .join(", ");
}

function* routes(route: Resource, context: TargetContext): Generator<Link> {
  for (const { name, namespace, port } of backendRefs(route)) {
    const named = { kind: "Service", namespace, name };
    const to = endOf(named, context, isBackendKnown(named, route, context));
    yield { from: route, to, relation: "routes-to", detail: port === undefined ? undefined : String(port) };
  }
  for (const { value } of parentRefs(route)) {
    const [name, namespace] = [stringAt(value, "name"), stringAt(value, "namespace")];
    if (!name) continue;
    const named = { kind: `Gateway.${gateway}`, namespace: namespace ?? route.namespace, name };
    const from = endOf(named, context, namespace === undefined);
    yield { from, to: route, relation: "routes-to", detail: stringAt(value, "sectionName") };
  }
}

/** The Services that the API server calls: webhooks, converters, API extensions. */
function* calledByServer(resource: Resource, context: TargetContext): Generator<Link> {
  for (const { value } of calledServices(resource)) {
    const [name, namespace] = [stringAt(value, "name"), stringAt(value, "namespace")];
    if (!name) continue;
    const to = endOf({ kind: "Service", namespace, name }, context, false);
    yield { from: resource, to, relation: "calls", detail: String(value.port ?? 443) };
  }
}

function* ofService(service: Resource, context: TargetContext): Generator<Link> {
  const ports = listAt(objectAt(service.object, "spec"), "ports").filter(isObject);
  for (const { resource } of backendsOf(service, context) ?? [])
    for (const port of ports) yield { from: service, to: resource, relation: "selects", detail: wordsOf(port) };
  for (const monitor of monitorsOf(service, context)) yield { from: monitor, to: service, relation: "scrapes" };
}

/** `80 → http` */
function wordsOf(port: JsonObject): string {
  const target = targetPortOf(port);
  return target === port.port ? String(target) : `${String(port.port)} → ${target}`;
}
