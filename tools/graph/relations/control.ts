import { objectAt, stringAt } from "../../core/json.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { bindingsIn, subjectsOf } from "../../rules/lib/accounts.ts";
import { isRenderedIn } from "../../rules/lib/reference.ts";
import { scalersOf } from "../../rules/lib/scale.ts";
import { budgetedBy, selectedBy } from "../../rules/lib/selection.ts";
import { indexOf } from "../../rules/lib/target.ts";
import { endOf, type Link } from "../link.ts";

/** What acts on workloads and accounts: autoscalers, disruption budgets, network policies, bindings. */
export function* control(context: TargetContext): Generator<Link> {
  const { ofKind } = indexOf(context);
  for (const { resource, apiVersion, kind, name } of scalersOf(context)) {
    if (!kind || !name) continue;
    const group = groupOf(apiVersion);
    const named = { kind: group === "" ? kind : `${kind}.${group}`, namespace: resource.namespace, name };
    yield { from: resource, to: endOf(named, context), relation: "scales" };
  }
  for (const budget of ofKind("PodDisruptionBudget.policy"))
    for (const { resource } of budgetedBy(budget, context)) yield { from: budget, to: resource, relation: "protects" };
  for (const policy of ofKind("NetworkPolicy.networking.k8s.io")) {
    const selector = objectAt(objectAt(policy.object, "spec"), "podSelector") ?? {};
    for (const { resource } of selectedBy(selector, policy.namespace, context))
      yield { from: policy, to: resource, relation: "isolates" };
  }
  for (const binding of bindingsIn(context)) yield* grants(binding, context);
}

function* grants(binding: Resource, context: TargetContext): Generator<Link> {
  for (const subject of subjectsOf(binding)) {
    const [name, namespace] = [stringAt(subject, "name"), stringAt(subject, "namespace") ?? binding.namespace];
    if (subject.kind !== "ServiceAccount" || !name) continue;
    const named = { kind: "ServiceAccount", namespace, name };
    const isSure = isRenderedIn(namespace, "ServiceAccount", context);
    yield { from: binding, to: endOf(named, context, isSure), relation: "grants-to" };
  }
}
