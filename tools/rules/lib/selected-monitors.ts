import { type JsonObject, objectAt, own } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext, Violation } from "../../policy/define.ts";
import { selects } from "../../vocabulary/selector.ts";
import { isTypo } from "./misspelt.ts";
import { areTogether, groupKind, indexOf, mayBeSameNamespace } from "./target.ts";
import { pairsOf } from "./unmatched.ts";

const group = "monitoring.coreos.com";
const prometheus = [`Prometheus.${group}`, `PrometheusAgent.${group}`];

/** The programs that read each kind, and the field with their selector. https://prometheus-operator.dev/docs/api-reference/api/ */
const readers: Readonly<Record<string, readonly [field: string, kinds: readonly string[]]>> = {
  [`ServiceMonitor.${group}`]: ["serviceMonitor", prometheus],
  [`PodMonitor.${group}`]: ["podMonitor", prometheus],
  [`Probe.${group}`]: ["probe", prometheus],
  [`ScrapeConfig.${group}`]: ["scrapeConfig", prometheus],
  [`PrometheusRule.${group}`]: ["rule", [`Prometheus.${group}`, `ThanosRuler.${group}`]],
  [`AlertmanagerConfig.${group}`]: ["alertmanagerConfig", [`Alertmanager.${group}`]],
};

/** If a target renders programs that read a kind, one of them should select each resource of it. */
export function* unselected(resource: Resource, context: TargetContext): Generator<Violation> {
  const [field, kinds] = own(readers, groupKind(resource)) ?? ["", []];
  const all = kinds.flatMap((kind) => indexOf(context).ofKind(kind));
  const programs = all.filter((program) => areTogether(program, resource, context));
  const [first] = programs;
  if (first === undefined || programs.some((program) => reads(program, field, resource))) return;
  const selector = objectAt(objectAt(first.object, "spec"), `${field}Selector`);
  const labels = selector && pairsOf(selector).map(([key, value]) => `${key}: ${value}`);
  yield {
    pointer: "/metadata/labels",
    severity: "warning",
    message: `no ${first.kind} of this target selects ${resource.kind} ${resource.name}: it has no effect`,
    help: labels?.length
      ? `${first.kind} ${first.name} selects ${labels.join(", ")}.`
      : `See ${field}Selector and ${field}NamespaceSelector of ${first.kind} ${first.name}.`,
  };
}

/** Without a selector, a program reads nothing; without a selector of namespaces, only its own one. */
function reads({ object, namespace }: Resource, field: string, resource: Resource): boolean {
  const spec = objectAt(object, "spec");
  const [selector, namespaces] = [objectAt(spec, `${field}Selector`), objectAt(spec, `${field}NamespaceSelector`)];
  if (selector === undefined || (namespaces === undefined && !mayBeSameNamespace(namespace, resource.namespace)))
    return false;
  return selects(selector, objectAt(objectAt(resource.object, "metadata"), "labels") ?? {});
}

/** The labels of the Service or the pods that a selector is certainly meant for. */
export function nearestMonitored(
  monitor: Resource,
  selector: JsonObject,
  kind: "Pod" | "Service",
  namespace: string | undefined,
  context: TargetContext,
): string | undefined {
  const pairs = pairsOf(selector);
  if (selector.matchExpressions !== undefined || pairs.length === 0) return undefined;
  const near = candidates(kind, context).find(
    (one) =>
      mayBeSameNamespace(one.resource.namespace, namespace) &&
      areTogether(one.resource, monitor, context) &&
      isMeant(pairs, one),
  );
  const labels = Object.entries(near?.labels ?? {}).map(([key, value]) => `${key}: ${value}`);
  return near && `The labels of ${near.resource.kind} ${near.resource.name}: ${labels.join(", ") || "none"}.`;
}

interface Candidate {
  readonly resource: Resource;
  readonly labels: JsonObject;
  /** What a Service selects. */
  readonly selector: JsonObject;
}

function candidates(kind: "Pod" | "Service", context: TargetContext): Candidate[] {
  const { workloads, ofKind } = indexOf(context);
  if (kind === "Pod") return workloads.map(({ resource, pod }) => ({ resource, labels: pod.labels, selector: {} }));
  return ofKind("Service").map((resource) => ({
    resource,
    labels: objectAt(objectAt(resource.object, "metadata"), "labels") ?? {},
    selector: objectAt(objectAt(resource.object, "spec"), "selector") ?? {},
  }));
}

/**
 * Whether the labels of a selector are certainly those of a Service or pod: they are those that the Service selects, one has a
 * typo, or the values are under other keys.
 */
function isMeant(pairs: readonly [string, string][], { labels, selector }: Candidate): boolean {
  const isPod = pairs.every(([key, value]) => String(selector[key]) === value);
  const isWrong = pairs.filter(([key, value]) => String(labels[key]) !== value);
  const isNear = ([key, value]: [string, string]) =>
    isTypo(value, String(labels[key])) || (!Object.hasOwn(labels, key) && Object.values(labels).includes(value));
  return isPod || isWrong.every(isNear);
}
