import { objectAt } from "../../core/json.ts";
import { listed } from "../../core/listed.ts";
import { join, nearestPointer } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { amountOf } from "../../validate/demands/resources.ts";
import type { Quantity } from "../../vocabulary/quantity.ts";
import { amountsFor, judgedContainers, written } from "../lib/admitted.ts";
import { inWords } from "../lib/containers.ts";
import { hasOtherRanges } from "../lib/limit-ranges.ts";
import { counts } from "../lib/quota-scopes.ts";
import { type Usage, usagesOf } from "../lib/quota-usage.ts";
import { isRenderedIn } from "../lib/reference.ts";

/** `CheckRequest` of k8s.io/apiserver/pkg/admission/plugin/resourcequota. */
export const quota = definePolicy({
  id: "link/quota",
  severity: "error",
  why: "The API server refuses what a ResourceQuota of its namespace has no room for, and a pod that does not say how much it takes of the cpu or memory that is counted: the workload is there, its pods never are. https://kubernetes.io/docs/concepts/policy/resource-quotas/",
  fix: "Raise the quota, or ask for less: fewer replicas, smaller requests.",
  match: { apiVersion: "v1", kind: "ResourceQuota" },
  *check(one, context): Generator<Violation> {
    const usages = context.resources
      .filter(({ namespace }) => (namespace ?? "") === (one.namespace ?? ""))
      .flatMap((resource) => usagesOf(resource, context))
      .filter((usage) => counts(one, usage, context));
    yield* unsaid(one, usages, context);
    yield* tooLarge(one, usages);
  },
});

/** What a quota counts of every container, if it counts it (`validationSet` of the pods' evaluator): by the list and the resource. */
const demanded = ["requests", "limits"].flatMap((list) =>
  ["cpu", "memory"].map((name) => ({ list: list as "requests" | "limits", name })),
);

/** `podEvaluator.Constraints`: not asked where the pod as a whole has resources. */
function* unsaid(
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
    for (const container of judgedContainers(pod)) {
      const missing = wanted
        .filter(({ list, name }) => !Object.hasOwn(amountsFor(container, list), name))
        .map(({ list, name }) => `${list}.${name}`);
      if (missing.length === 0) continue;
      yield {
        resource,
        pointer: nearestPointer(resource.object, `${container.pointer}/resources`),
        message: `${inWords(container, resource)} has no ${missing.join(" and no ")}, which ResourceQuota ${name} wants of every container`,
        help: "Write it under resources, or render a LimitRange with a default for it; where the namespace has one already, say so: cluster: [{ kind: LimitRange }] in gitops.yaml.",
        ...(isAlone && { wants: { kind: "LimitRange", namespace, name: undefined } }),
      };
    }
  }
}

/** A single object that is too large for itself, and objects that are too many together. */
function* tooLarge(one: Resource, usages: readonly Usage[]): Generator<Violation> {
  const hard = objectAt(objectAt(one.object, "spec"), "hard") ?? {};
  for (const [name, value] of Object.entries(hard)) {
    const most = amountOf(value);
    if (most === undefined) continue;
    const taking = usages.filter(({ amounts }) => (amounts.get(name) ?? 0n) > 0n);
    const alone = taking.filter(({ amounts }) => (amounts.get(name) ?? 0n) > most);
    for (const { resource, words, pointer, amounts } of alone) {
      const amount = written(name, amounts.get(name) ?? 0n);
      const message = `${words} takes ${amount} of ${name}; ResourceQuota ${one.name} has ${value}`;
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
  // Less than nothing is refused of the quota itself.
  if (all <= most || parts.length === 0) return;
  const each = parts.map(({ resource, all }) => `${resource.kind} ${resource.name} ${written(name, all)}`);
  yield {
    resource: one,
    pointer: join("/spec/hard", name),
    message: `ResourceQuota ${one.name} has ${written(name, most)} of ${name}; this target takes ${written(name, all)} of it: ${listed(each, 3)}`,
  };
}
