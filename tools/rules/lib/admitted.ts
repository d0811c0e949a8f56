import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { type Container, containersOf, type Pod, podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { amountsIn, together } from "../../validate/demands/pod-resources.ts";
import { amountOf } from "../../validate/demands/resources.ts";
import { type Quantity, writtenQuantity } from "../../vocabulary/quantity.ts";
import { type Filling, fillingIn, unsure } from "./limit-ranges.ts";
import { scalerOf } from "./scale.ts";
import { perTarget } from "./target.ts";

/** Of what is asked for, and of what may be used at most. */
export type List = "requests" | "limits";

/**
 * A pod as the API server judges it once it filled in what was left out: requests from limits, as it does in a Pod and not in
 * a template (`SetDefaults_Pod`), and what LimitRanges say. Undefined where none is made, or it is another in each version.
 */
export function admittedPod(resource: Resource, context: TargetContext): Pod | undefined {
  return admitted(context)(resource);
}

const admitted = perTarget((context) => once((resource: Resource) => admit(resource, context)));

function admit(resource: Resource, context: TargetContext): Pod | undefined {
  const pod = podOf(resource);
  if (pod === undefined || resource.kind === "PodTemplate" || isOff(resource, context)) return undefined;
  if (objectAt(pod.spec, "resources") !== undefined && !hasPodResources(context)) return undefined;
  const filling = fillingIn(resource.namespace, context);
  const spec = withRequestsOfPod(withResources(pod.spec, { limits: {}, requests: {} }));
  return { ...pod, spec: withResources(spec, filling) };
}

/** Nothing makes pods of it, or may begin to. */
function isOff(resource: Resource, context: TargetContext): boolean {
  return objectAt(resource.object, "spec")?.replicas === 0 && scalerOf(resource, context) === undefined;
}

/** Resources of the pod as a whole: before 1.34, the field was dropped. */
function hasPodResources({ versions }: TargetContext): boolean {
  return (versions ?? []).every((version) => Number(version.split(".")[1]) >= 34);
}

function withResources(spec: JsonObject, { limits, requests }: Filling): JsonObject {
  const fill = (container: Json): Json => {
    if (!isObject(container)) return container;
    const own = objectAt(container, "resources");
    const limited = objectAt(own, "limits");
    const resources = {
      ...own,
      limits: { ...limits, ...limited },
      requests: { ...requests, ...limited, ...objectAt(own, "requests") },
    };
    return { ...container, resources };
  };
  const lists = ["containers", "initContainers"].map((list) => [list, listAt(spec, list).map(fill)]);
  return { ...spec, ...Object.fromEntries(lists) };
}

const ofPods = ["cpu", "memory"];

/** Where a pod has limits of its own, it requests what its containers do, or as much as it is limited to (`defaultPodRequests`). */
function withRequestsOfPod(spec: JsonObject): JsonObject {
  const resources = objectAt(spec, "resources");
  const limits = objectAt(resources, "limits");
  if (limits === undefined) return spec;
  const all = [...together(spec, ofContainer("requests"))].map(([name, amount]) => [name, `${amount}n`]);
  const requests = { ...limits, ...Object.fromEntries(all), ...objectAt(resources, "requests") };
  return { ...spec, resources: { ...resources, requests } };
}

const ofContainer =
  (list: List) =>
  ({ resources }: JsonObject) =>
    amountsIn(resources, list);

/** The containers that a pod is admitted by: those that look into it come later. */
export function judgedContainers(pod: Pod): Container[] {
  return containersOf(pod).filter(({ list }) => list !== "ephemeralContainers");
}

/** What a container requests, or is limited to. */
export function amountsFor({ object }: Container, list: List): JsonObject {
  return objectAt(objectAt(object, "resources"), list) ?? {};
}

/** What a pod requests, or is limited to, as a whole (`podRequests` and `podLimits` of the plugin LimitRanger). */
export function totalsOf(pod: Pod, list: List): JsonObject {
  const all = [...together(pod.spec, ofContainer(list))].map(([name, amount]) => [name, written(name, amount)]);
  const totals: JsonObject = Object.fromEntries(all);
  for (const container of judgedContainers(pod)) {
    for (const [name, amount] of Object.entries(amountsFor(container, list)))
      if (amountOf(amount) === undefined) totals[name] = unsure;
  }
  const own = objectAt(objectAt(pod.spec, "resources"), list) ?? {};
  const whole = ofPods.filter((name) => Object.hasOwn(own, name)).map((name) => [name, own[name] ?? 0]);
  return { ...totals, ...Object.fromEntries(whole) };
}

/** An amount of a resource as people write it. */
export function written(name: string, amount: Quantity): string {
  return writtenQuantity(amount, /memory|storage|hugepages-/.test(name));
}

/** `Pod web`, `a pod of Deployment web` */
export function podInWords({ kind, name }: Resource): string {
  return kind === "Pod" ? `Pod ${name}` : `a pod of ${kind} ${name}`;
}
