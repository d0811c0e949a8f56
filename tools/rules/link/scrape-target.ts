import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { listed } from "../../core/listed.ts";
import type { Resource } from "../../core/resource.ts";
import { hasVariable } from "../../core/variable.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { selects } from "../../vocabulary/selector.ts";
import { podPorts } from "../lib/ports.ts";
import { isFragment } from "../lib/reference.ts";
import { nearestMonitored, unselected } from "../lib/selected-monitors.ts";
import { backendsOf, selectedBy as workloadsSelectedBy } from "../lib/selection.ts";
import { areTogether, indexOf } from "../lib/target.ts";
import { maySelectOthers } from "../lib/unmatched.ts";

/** `endpoints` of a ServiceMonitor name ports of Services, `podMetricsEndpoints` of a PodMonitor ports of containers. */
const endpointsOf = { ServiceMonitor: "endpoints", PodMonitor: "podMetricsEndpoints" } as const;

/** Kinds that are only effective if a Prometheus or an Alertmanager selects them. */
const others = ["Probe", "ScrapeConfig", "PrometheusRule", "AlertmanagerConfig"];

/** Ports of sidecars that Dapr, Istio and Linkerd inject into pods: no template has them. */
const injected = ["dapr-metrics", "http-envoy-prom", "linkerd-admin"];

/** Prometheus keeps only targets whose port has this name: https://prometheus-operator.dev/docs/developer/getting-started/ */
export const scrapeTarget = definePolicy({
  id: "link/scrape-target",
  severity: "error",
  why: "Prometheus scrapes nothing, and reports no error, if a monitor selects nothing, or nothing that it selects has a port with the name in the monitor, or if no Prometheus selects the monitor. https://prometheus-operator.dev/docs/platform/troubleshooting/#troubleshooting-servicemonitor-changes",
  fix: "Select labels of the Service itself (not those that it selects) and name one of its ports in a ServiceMonitor, and a port of a container in a PodMonitor.",
  match: { apiVersion: "monitoring.coreos.com/*", kind: [...Object.keys(endpointsOf), ...others] },
  *check(monitor, context): Generator<Violation> {
    yield* unselected(monitor, context);
    if (!Object.hasOwn(endpointsOf, monitor.kind)) return;
    yield* tooLong(monitor);
    const selected = isFragment(context) ? [] : selectedBy(monitor, context);
    const [first] = selected;
    if (first === undefined && !isFragment(context)) yield* selectsNothing(monitor, context);
    const known = distinct(selected.flatMap(({ ports }) => ports)).filter(Boolean);
    if (first === undefined || known.some(hasVariable)) return;
    const names = distinct(selected.map(({ resource }) => `${resource.kind} ${resource.name}`));
    const lack = `${listed(names, 3)} ${names.length > 1 ? "have" : "has"} no port of that name`;
    const kind = monitor.kind === "PodMonitor" ? "Pod" : "Service";
    const namespace = first.resource.namespace ?? monitor.namespace;
    const field = endpointsOf[monitor.kind as keyof typeof endpointsOf];
    for (const [index, endpoint] of listAt(objectAt(monitor.object, "spec"), field).entries()) {
      const target = isObject(endpoint) ? endpoint.targetPort : undefined;
      if (monitor.kind === "ServiceMonitor")
        yield* ofTarget(target, `/spec/${field}/${index}`, monitor, selected, context);
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

/** `targetPort` is the name or the number of a port that a container declares. */
function* ofTarget(
  port: Json | undefined,
  pointer: string,
  { name }: Resource,
  selected: readonly Selected[],
  context: TargetContext,
): Generator<Violation> {
  if (port === undefined) return;
  const pods = selected.flatMap(({ resource }) => backendsOf(resource, context) ?? []);
  const ports = pods.flatMap(({ pod }) => podPorts(pod));
  if (ports.length === 0 || ports.some((one) => one.name === port || one.number === port)) return;
  const message = `ServiceMonitor ${name} scrapes target port ${port}, but no container that it selects declares it`;
  const help = `Their ports: ${distinct(ports.map((one) => `${one.name || one.number}`)).join(", ")}.`;
  yield {
    pointer: `${pointer}/targetPort`,
    message,
    help,
    wants: { kind: "Pod", namespace: undefined, name: undefined },
  };
}

/** The operator ignores a monitor whose timeout is above its interval. */
function* tooLong(monitor: Resource): Generator<Violation> {
  const field = endpointsOf[monitor.kind as keyof typeof endpointsOf];
  for (const [index, endpoint] of listAt(objectAt(monitor.object, "spec"), field).entries()) {
    const { interval, scrapeTimeout } = isObject(endpoint) ? endpoint : {};
    if (!(secondsOf(scrapeTimeout) > secondsOf(interval))) continue;
    yield {
      pointer: `/spec/${field}/${index}/scrapeTimeout`,
      message: `scrapeTimeout ${scrapeTimeout} of ${monitor.kind} ${monitor.name} is above its interval of ${interval}: it is ignored`,
      help: "Lower scrapeTimeout, or raise interval.",
    };
  }
}

/** NaN unless it is a duration with one unit. */
function secondsOf(duration: Json | undefined): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h)$/.exec(String(duration)) ?? [];
  return Number(amount) * ({ ms: 0.001, s: 1, m: 60, h: 3600 }[unit ?? ""] ?? Number.NaN);
}

/** A monitor whose Services or pods may be in other targets is only judged if one of this target is almost what it selects. */
function* selectsNothing(monitor: Resource, context: TargetContext): Generator<Violation> {
  const spec = objectAt(monitor.object, "spec");
  const selector = objectAt(spec, "selector");
  const namespaces = namespacesOf(spec, monitor);
  const [namespace] = namespaces;
  if (selector === undefined || namespaces.length !== 1 || maySelectOthers(selector, namespace, context)) return;
  const kind = monitor.kind === "PodMonitor" ? "Pod" : "Service";
  const find = kind === "Pod" ? podsIn : servicesIn;
  const own = monitor.namespace;
  const [beside] = find(selector, own, context).filter(({ resource }) => own && resource.namespace === own);
  const isElsewhere = own !== namespace && requiresLabels(selector);
  const isBeside = beside !== undefined && isElsewhere && areTogether(beside.resource, monitor, context);
  const help = isBeside
    ? `${beside.resource.kind} ${beside.resource.name} is in its own namespace, not in ${namespace}.`
    : nearestMonitored(monitor, selector, kind, namespace, context);
  if (help === undefined || find(selector, namespace, context).length > 0) return;
  yield {
    pointer: "/spec/selector",
    message: `${monitor.kind} ${monitor.name} selects no ${kind === "Pod" ? "pods" : "Service"}: Prometheus scrapes nothing`,
    help,
    wants: { kind, namespace, name: undefined },
    // Another target may have a Service with the same labels.
    ...(isBeside && { severity: "warning" }),
  };
}
