import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Pod } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { amountOf } from "../../validate/demands/resources.ts";
import { amountsFor, countedContainers } from "./admitted.ts";
import { hasOtherRanges } from "./limit-ranges.ts";
import type { Usage } from "./quota-usage.ts";
import { indexOf } from "./target.ts";

/** Whether a quota certainly counts a usage: a quota with scopes only counts pods within them (`generic.Matches`). */
export function counts(quota: Resource, { pod, resource }: Usage, context: TargetContext): boolean {
  const spec = objectAt(quota.object, "spec");
  const scopes = [
    ...listAt(spec, "scopes").map((scopeName): JsonObject => ({ scopeName, operator: "Exists" })),
    ...listAt(objectAt(spec, "scopeSelector"), "matchExpressions").filter(isObject),
  ];
  return scopes.every((scope) => pod !== undefined && isWithin(pod, scope, resource, context));
}

/** `podMatchesScopeFunc`. */
function isWithin(pod: Pod, scope: JsonObject, resource: Resource, context: TargetContext): boolean {
  const isTerminating = typeof pod.spec.activeDeadlineSeconds === "number" && pod.spec.activeDeadlineSeconds >= 0;
  switch (scope.scopeName) {
    case "Terminating":
      return isTerminating;
    case "NotTerminating":
      return !isTerminating;
    case "BestEffort":
      return asksFor(pod) === "nothing" && !hasOtherRanges(resource.namespace, context);
    case "NotBestEffort":
      return asksFor(pod) === "something";
    case "PriorityClass":
      return isOfClass(scope, stringAt(pod.spec, "priorityClassName") || defaultClass(context));
    case "CrossNamespacePodAffinity":
      return ["podAffinity", "podAntiAffinity"].some((kind) => crosses(objectAt(objectAt(pod.spec, "affinity"), kind)));
    default:
      return false;
  }
}

/** Whether a pod sets any cpu or memory (`ComputePodQOS`); undefined if the amounts are unknown. */
function asksFor(pod: Pod): "nothing" | "something" | undefined {
  const whole = objectAt(pod.spec, "resources");
  const lists = whole
    ? [objectAt(whole, "requests"), objectAt(whole, "limits")]
    : countedContainers(pod).flatMap((one) => [amountsFor(one, "requests"), amountsFor(one, "limits")]);
  const given = lists.flatMap((list) =>
    ["cpu", "memory"].filter((name) => list && name in list).map((name) => list?.[name]),
  );
  const amounts = given.map(amountOf);
  if (amounts.some((amount) => amount !== undefined && amount > 0n)) return "something";
  return amounts.includes(undefined) ? undefined : "nothing";
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass */
function defaultClass(context: TargetContext): string {
  const classes = indexOf(context).ofKind("PriorityClass.scheduling.k8s.io");
  return classes.find(({ object }) => object.globalDefault === true)?.name ?? "";
}

/** `podMatchesSelector`. */
function isOfClass({ operator, values }: JsonObject, name: string): boolean {
  const isListed = Array.isArray(values) && values.includes(name);
  switch (operator) {
    case "In":
      return name !== "" && isListed;
    case "NotIn":
      return !isListed;
    case "Exists":
      return name !== "";
    default:
      return name === "";
  }
}

/** `usesCrossNamespacePodAffinity`. */
function crosses(affinity: JsonObject | undefined): boolean {
  const required = listAt(affinity, "requiredDuringSchedulingIgnoredDuringExecution");
  const preferred = listAt(affinity, "preferredDuringSchedulingIgnoredDuringExecution").map(
    (term): Json => (isObject(term) ? (term.podAffinityTerm ?? null) : null),
  );
  return [...required, ...preferred].some(
    (term) => isObject(term) && (listAt(term, "namespaces").length > 0 || isObject(term.namespaceSelector)),
  );
}
