import { groupBy } from "../../core/group.ts";
import { objectAt } from "../../core/json.ts";
import { listed } from "../../core/listed.ts";
import { join, nearestPointer } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { amountOf } from "../../validate/demands/resources.ts";
import type { Quantity } from "../../vocabulary/quantity.ts";
import { amountsFor, countedContainers, written } from "../lib/admitted.ts";
import { inWords } from "../lib/containers.ts";
import { hasOtherRanges } from "../lib/limit-ranges.ts";
import { counts } from "../lib/quota-scopes.ts";
import { type Usage, usagesOf } from "../lib/quota-usage.ts";
import { isRenderedIn } from "../lib/reference.ts";
import { idOf, perTarget } from "../lib/target.ts";

/** `CheckRequest` of k8s.io/apiserver/pkg/admission/plugin/resourcequota. */
export const quota = definePolicy({
  id: "link/quota",
  severity: "error",
  why: "The API server rejects objects that exceed a ResourceQuota in their namespace, and pods that do not set the cpu or memory that the quota counts: the workload is created, but its pods never are. https://kubernetes.io/docs/concepts/policy/resource-quotas/",
  fix: "Raise the quota, or use less: fewer replicas, smaller requests.",
  match: { apiVersion: "v1", kind: "ResourceQuota" },
  *check(one, context): Generator<Violation> {
    const usages = (applied(context).get(one.namespace ?? "") ?? [])
      .flatMap((resource) => usagesOf(resource, context))
      .filter((usage) => counts(one, usage, context));
    yield* unset(one, usages, context);
    yield* tooLarge(one, usages);
  },
});

/** The resources by namespace, without the manifests of objects that a later one replaces. */
const applied = perTarget(({ resources }) => {
  const objects = new Map(resources.map((one) => [one.name === "" ? one : idOf(one), one]));
  return groupBy(objects.values(), ({ namespace }) => namespace ?? "");
});

/** The amounts that every container must set if a quota counts them (`validationSet` of the pods' evaluator). */
const demanded = ["requests", "limits"].flatMap((list) =>
  ["cpu", "memory"].map((name) => ({ list: list as "requests" | "limits", name })),
);

/** `podEvaluator.Constraints`: does not apply if the pod as a whole has resources. */
function* unset(
  { name, namespace, object }: Resource,
  usages: readonly Usage[],
  context: TargetContext,
): Generator<Violation> {
  const hard = Object.keys(objectAt(objectAt(object, "spec"), "hard") ?? {});
  const wanted = demanded.filter(
    ({ list, name }) => hard.includes(`${list}.${name}`) || (list === "requests" && hard.includes(name)),
  );
  if (wanted.length === 0 || hasOtherRanges(namespace, context)) return;
  const isAlone = !isRenderedIn(namespace, "LimitRange", context);
  for (const { pod, resource } of usages) {
    if (pod === undefined || objectAt(pod.spec, "resources") !== undefined) continue;
    for (const container of countedContainers(pod)) {
      const missing = wanted
        .filter(({ list, name }) => !Object.hasOwn(amountsFor(container, list), name))
        .map(({ list, name }) => `${list}.${name}`);
      if (missing.length === 0) continue;
      yield {
        resource,
        pointer: nearestPointer(resource.object, `${container.pointer}/resources`),
        message: `${inWords(container, resource)} has no ${missing.join(" and no ")}, which ResourceQuota ${name} requires for every container`,
        help: "Set it under resources, or add a LimitRange with a default for it; if the namespace already has one, declare it: cluster: [{ kind: LimitRange }] in gitops.yaml.",
        ...(isAlone && { wants: { kind: "LimitRange", namespace, name: undefined } }),
      };
    }
  }
}

/** Objects that exceed the quota alone, or else all objects together. */
function* tooLarge(one: Resource, usages: readonly Usage[]): Generator<Violation> {
  const hard = objectAt(objectAt(one.object, "spec"), "hard") ?? {};
  for (const [name, value] of Object.entries(hard)) {
    const most = amountOf(value);
    if (most === undefined) continue;
    const taking = usages.filter(({ amounts }) => (amounts.get(name) ?? 0n) > 0n);
    const alone = taking.filter(({ amounts }) => (amounts.get(name) ?? 0n) > most);
    for (const { resource, words, pointer, amounts } of alone) {
      const amount = written(name, amounts.get(name) ?? 0n);
      const message = `${words} uses ${name}=${amount}, but ResourceQuota ${one.name} allows ${value}`;
      yield { resource, pointer: nearestPointer(resource.object, pointer), message };
    }
    if (alone.length === 0) yield* tooMany(name, most, one, taking);
  }
}

function* tooMany(name: string, most: Quantity, one: Resource, usages: readonly Usage[]): Generator<Violation> {
  const parts = usages
    .map(({ resource, amounts, times }) => ({ resource, all: (amounts.get(name) ?? 0n) * BigInt(times) }))
    .filter(({ all }) => all > 0n)
    .sort((a, b) => Number(b.all - a.all));
  const all = parts.reduce((sum, part) => sum + part.all, 0n);
  // A negative quota is rejected by itself.
  if (all <= most || parts.length === 0) return;
  const each = parts.map(({ resource, all }) => `${resource.kind} ${resource.name} ${written(name, all)}`);
  yield {
    resource: one,
    pointer: join("/spec/hard", name),
    message: `ResourceQuota ${one.name} allows ${name}=${written(name, most)}, but this target uses ${written(name, all)}: ${listed(each, 3)}`,
  };
}
