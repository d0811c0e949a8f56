import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { listed } from "../../core/listed.ts";
import type { Resource } from "../../core/resource.ts";
import { hasVariable } from "../../core/variable.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { selects } from "../../vocabulary/selector.ts";
import { podPorts } from "../lib/ports.ts";
import { isFragment } from "../lib/reference.ts";
import { selectedBy as workloadsSelectedBy } from "../lib/selection.ts";
import { indexOf } from "../lib/target.ts";
import { maySelectOthers } from "../lib/unmatched.ts";

/** `endpoints` of a ServiceMonitor name ports of Services, `podMetricsEndpoints` of a PodMonitor ports of containers. */
const endpointsOf = { ServiceMonitor: "endpoints", PodMonitor: "podMetricsEndpoints" } as const;

/** Ports of sidecars that Dapr, Istio and Linkerd inject into pods: no template has them. */
const injected = ["dapr-metrics", "http-envoy-prom", "linkerd-admin"];

/** Prometheus keeps only targets whose port has this name: https://prometheus-operator.dev/docs/developer/getting-started/ */
export const scrapeTarget = definePolicy({
  id: "link/scrape-target",
  severity: "error",
  why: "Prometheus scrapes nothing, and reports no error, if nothing that a monitor selects has a port with the name in the monitor. https://prometheus-operator.dev/docs/platform/troubleshooting/#troubleshooting-servicemonitor-changes",
  fix: "Name a port of the Service in a ServiceMonitor, and a port of a container in a PodMonitor.",
  match: { apiVersion: "monitoring.coreos.com/*", kind: Object.keys(endpointsOf) },
  *check(monitor, context): Generator<Violation> {
    const selected = isFragment(context) ? [] : selectedBy(monitor, context);
    const [first] = selected;
    const known = distinct(selected.flatMap(({ ports }) => ports)).filter(Boolean);
    if (first === undefined || known.some(hasVariable)) return;
    const names = distinct(selected.map(({ resource }) => `${resource.kind} ${resource.name}`));
    const lack = `${listed(names, 3)} ${names.length > 1 ? "have" : "has"} no port of that name`;
    const kind = monitor.kind === "PodMonitor" ? "Pod" : "Service";
    const namespace = first.resource.namespace ?? monitor.namespace;
    const field = endpointsOf[monitor.kind as keyof typeof endpointsOf];
    for (const [index, endpoint] of listAt(objectAt(monitor.object, "spec"), field).entries()) {
      const port = isObject(endpoint) ? stringAt(endpoint, "port") : undefined;
      if (!port || known.includes(port) || !mustBeDeclared(port, kind)) continue;
      yield {
        pointer: `/spec/${field}/${index}/port`,
        message: `${monitor.kind} ${monitor.name} scrapes port ${port}, but ${lack}`,
        help: known.length > 0 ? `Use one of: ${known.join(", ")}.` : "Give the port that name where it is declared.",
        wants: { kind, namespace, name: undefined },
      };
    }
  },
});

/** Whether only a declared port can match: Prometheus reads the name as a regular expression, which may match others. */
function mustBeDeclared(port: string, kind: "Pod" | "Service"): boolean {
  return /^[\w-]+$/.test(port) && !(kind === "Pod" && injected.includes(port));
}

/** Something that a monitor selects, and the names of its ports. */
interface Selected {
  readonly resource: Resource;
  readonly ports: readonly string[];
}

/** Empty if it selects nothing of this target, or might select something outside of it. */
function selectedBy(monitor: Resource, context: TargetContext): readonly Selected[] {
  const spec = objectAt(monitor.object, "spec");
  const selector = objectAt(spec, "selector");
  if (selector === undefined || !requiresLabels(selector)) return [];
  const find = monitor.kind === "PodMonitor" ? podsIn : servicesIn;
  const found = namespacesOf(spec, monitor).map((namespace) =>
    maySelectOthers(selector, namespace, context) ? [] : find(selector, namespace, context),
  );
  return found.every((some) => some.length > 0) ? found.flat() : [];
}

/** Other selectors select whatever is there, including what operators create and other targets render. */
function requiresLabels(selector: JsonObject): boolean {
  const isPositive = ({ operator }: JsonObject) => operator === "In" || operator === "Exists";
  return (
    Object.keys(objectAt(selector, "matchLabels") ?? {}).length > 0 ||
    listAt(selector, "matchExpressions").filter(isObject).some(isPositive)
  );
}

/** Empty if it selects from all namespaces, since no target renders all of them. */
function namespacesOf(spec: JsonObject | undefined, { namespace }: Resource): (string | undefined)[] {
  const wanted = objectAt(spec, "namespaceSelector");
  if (wanted?.any === true) return [];
  const named = listAt(wanted, "matchNames").map(String);
  return named.length > 0 ? named : [namespace];
}

function servicesIn(selector: JsonObject, namespace: string | undefined, context: TargetContext): Selected[] {
  const services = indexOf(context).ofKindIn("Service", namespace);
  return services.flatMap((resource) => {
    const labels = objectAt(objectAt(resource.object, "metadata"), "labels") ?? {};
    if (!selects(selector, labels)) return [];
    const ports = listAt(objectAt(resource.object, "spec"), "ports").filter(isObject);
    return [{ resource, ports: ports.map((port) => stringAt(port, "name") ?? "") }];
  });
}

function podsIn(selector: JsonObject, namespace: string | undefined, context: TargetContext): Selected[] {
  return workloadsSelectedBy(selector, namespace, context).map(({ resource, pod }) => ({
    resource,
    ports: podPorts(pod).map(({ name }) => name),
  }));
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
