import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import type { Container } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { selects } from "../../vocabulary/selector.ts";
import { runningIn } from "./containers.ts";
import { portsOf, targetPortOf } from "./ports.ts";
import { backendsOf } from "./selection.ts";
import { idOf, indexOf, mayBeSameNamespace, perTarget } from "./target.ts";

/** A port that receives requests, and the Service that sends them; undefined if the manifest stands alone. */
export interface Entrance {
  readonly service: Resource | undefined;
  readonly port: string | number;
}

/**
 * Where requests reach the pods of a resource. Ports that are only scraped do not count: the scraper tries again. If a target
 * has no Service at all, Services of other manifests may send requests to any port that the first container declares.
 */
export function entrancesOf(resource: Resource, context: TargetContext): readonly Entrance[] {
  const services = indexOf(context).ofKind("Service");
  if (services.length > 0) return byResource(context).get(resource) ?? [];
  if (resource.kind === "DaemonSet") return [];
  const first = runningIn(resource).find(({ list }) => list === "containers");
  return (first ? portsOf(first) : [])
    .filter(({ name, number }) => first && !isOfOperations(name) && !isOfLiveness(first, [name, number]))
    .map(({ number }) => ({ service: undefined, port: number }));
}

/** Whether a port may only exist for the liveness probe. */
function isOfLiveness({ object }: Container, names: readonly unknown[]): boolean {
  const { livenessProbe, readinessProbe } = object;
  if (!isObject(livenessProbe) || isObject(readinessProbe)) return false;
  return ["httpGet", "tcpSocket", "grpc"].some((handler) => names.includes(objectAt(livenessProbe, handler)?.port));
}

/** Whether a container serves the port. A number need not be declared: with a single container, it is its own. */
export function answersOn(container: Container, { port }: Entrance, siblings: readonly Container[]): boolean {
  return (
    portsOf(container).some(({ name, number }) => name === port || number === port) ||
    (siblings.length === 1 && typeof port === "number")
  );
}

const byResource = perTarget((context) => {
  const entrances = new Map<Resource, Entrance[]>();
  const services = [...indexOf(context).ofKind("Service")].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  for (const service of services) {
    const ports = requestPorts(service, context);
    if (ports.length === 0) continue;
    for (const { resource } of backendsOf(service, context) ?? []) {
      entrances.set(resource, [...(entrances.get(resource) ?? []), ...ports.map((port) => ({ service, port }))]);
    }
  }
  return entrances;
});

/** The ports of a Service that get requests. Pods use a Service with unready addresses to find each other. */
function requestPorts(service: Resource, context: TargetContext): (string | number)[] {
  const spec = objectAt(service.object, "spec");
  if (spec?.publishNotReadyAddresses === true) return [];
  return listAt(spec, "ports")
    .filter(isObject)
    .filter((port: JsonObject) => ![port.name, port.targetPort].some(isOfOperations))
    .filter(({ name }) => !isMeasured(service, name, context))
    .map(targetPortOf);
}

/** Whether Prometheus scrapes the port; it tries again anyway. */
function isMeasured(service: Resource, port: Json | undefined, context: TargetContext): boolean {
  return monitorsOf(service, context).some(({ object }) =>
    listAt(objectAt(object, "spec"), "endpoints").some((endpoint) => isObject(endpoint) && endpoint.port === port),
  );
}

/** The ServiceMonitors that make Prometheus scrape a Service. https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ServiceMonitor */
export function monitorsOf({ object, namespace }: Resource, context: TargetContext): Resource[] {
  const labels = objectAt(objectAt(object, "metadata"), "labels") ?? {};
  return indexOf(context)
    .ofKind("ServiceMonitor.monitoring.coreos.com")
    .filter((monitor) => {
      const spec = objectAt(monitor.object, "spec");
      const isThere = spec?.namespaceSelector !== undefined || mayBeSameNamespace(monitor.namespace, namespace);
      return isThere && selects(objectAt(spec, "selector") ?? {}, labels);
    });
}

/** Whether the name of a port says that it is for the operation of the program. */
function isOfOperations(name: unknown): boolean {
  return typeof name === "string" && /metric|prom|telemetry|monitor|health|probe|debug|pprof/i.test(name);
}
