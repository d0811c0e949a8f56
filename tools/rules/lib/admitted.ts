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

/** The lists of amounts under `resources`. */
export type List = "requests" | "limits";

/**
 * A pod as the API server judges it, with defaults filled in: requests from limits, as in a Pod but not in a template
 * (`SetDefaults_Pod`), and the defaults of LimitRanges. Undefined if no pods are created, or if versions differ.
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

/** Whether no pods are created from it, and no autoscaler may start any. */
function isOff(resource: Resource, context: TargetContext): boolean {
  return objectAt(resource.object, "spec")?.replicas === 0 && scalerOf(resource, context) === undefined;
}

/** Whether all versions have resources of the pod as a whole: before 1.34, the field was dropped. */
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

/** A pod with limits of its own requests what its containers request, or else its limits (`defaultPodRequests`). */
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

/** The containers that a pod is admitted with: ephemeral containers are added later. */
export function countedContainers(pod: Pod): Container[] {
  return containersOf(pod).filter(({ list }) => list !== "ephemeralContainers");
}

/** The requests or limits of a container. */
export function amountsFor({ object }: Container, list: List): JsonObject {
  return objectAt(objectAt(object, "resources"), list) ?? {};
}

/** The requests or limits of a pod as a whole (`podRequests` and `podLimits` of the plugin LimitRanger). */
export function totalsOf(pod: Pod, list: List): JsonObject {
  const all = [...together(pod.spec, ofContainer(list))].map(([name, amount]) => [name, written(name, amount)]);
  const totals: JsonObject = Object.fromEntries(all);
  for (const container of countedContainers(pod)) {
    for (const [name, amount] of Object.entries(amountsFor(container, list)))
      if (amountOf(amount) === undefined) totals[name] = unsure;
  }
  const own = objectAt(objectAt(pod.spec, "resources"), list) ?? {};
  const whole = ofPods.filter((name) => Object.hasOwn(own, name)).map((name) => [name, own[name] ?? 0]);
  return { ...totals, ...Object.fromEntries(whole) };
}

/** An amount of a resource in the usual notation. */
export function written(name: string, amount: Quantity): string {
  return writtenQuantity(amount, /memory|storage|hugepages-/.test(name));
}

/** `Pod web`, `a pod of Deployment web` */
export function podInWords({ kind, name }: Resource): string {
  return kind === "Pod" ? `Pod ${name}` : `a pod of ${kind} ${name}`;
}
