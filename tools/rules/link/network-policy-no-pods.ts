import { isObject, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { isEmptySelector } from "../../vocabulary/selector.ts";
import { isTypo } from "../lib/misspelt.ts";
import { isFragment } from "../lib/reference.ts";
import { selectedBy } from "../lib/selection.ts";
import { indexOf } from "../lib/target.ts";
import { maySelectOthers, nearestPods, pairsOf, podsFor } from "../lib/unmatched.ts";

export const networkPolicyNoPods = definePolicy({
  id: "link/network-policy-no-pods",
  severity: "warning",
  why: "A NetworkPolicy that selects no pods isolates none: the traffic that it should block stays allowed. A rule for pods that do not exist permits nothing. So it is with the policies of Istio. https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
  fix: "Make the selector match the labels of a pod template in the same namespace. If the pods are created elsewhere, declare them: cluster: [{ kind: Pod, labels: { … } }] in gitops.yaml.",
  match: {
    apiVersion: ["networking.k8s.io/*", "security.istio.io/*"],
    kind: ["NetworkPolicy", "AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication"],
  },
  *check(policy, context): Generator<Violation> {
    if (isFragment(context)) return;
    if (policy.kind !== "NetworkPolicy") {
      // The mesh creates pods too: its gateways.
      yield* selecting("selector", policy, context, meantBy);
      return;
    }
    yield* selecting("podSelector", policy, context);
    yield* ofPeers("ingress", "from", policy, context);
    yield* ofPeers("egress", "to", policy, context);
  },
});

/** @param hint if given, only what it recognizes is reported */
function* selecting(
  field: string,
  policy: Resource,
  context: TargetContext,
  hint?: typeof meantBy,
): Generator<Violation> {
  const { kind, name, namespace, object } = policy;
  const selector = objectAt(objectAt(object, "spec"), field);
  if (selector === undefined || !selectsNothing(selector, policy, context)) return;
  const help = hint ? hint(selector, policy, context) : nearestPods(selector, namespace, context);
  if (hint !== undefined && help === undefined) return;
  yield {
    pointer: `/spec/${field}`,
    message: `${kind} ${name} selects no pods`,
    ...(help !== undefined && { help }),
    wants: podsFor(selector, namespace),
  };
}

/** Peers may be pods of another target, or get their labels by hand: only those with a typo are reported. */
function* ofPeers(field: string, list: string, policy: Resource, context: TargetContext): Generator<Violation> {
  for (const [index, rule] of listAt(objectAt(policy.object, "spec"), field).entries())
    for (const [at, peer] of listAt(isObject(rule) ? rule : {}, list).entries()) {
      const selector = isObject(peer) && peer.namespaceSelector === undefined && objectAt(peer, "podSelector");
      const help = selector && selectsNothing(selector, policy, context) && meantBy(selector, policy, context);
      if (!selector || !help) continue;
      const pointer = `/spec/${field}/${index}/${list}/${at}/podSelector`;
      const message = `NetworkPolicy ${policy.name} has a rule for pods that do not exist`;
      yield { pointer, message, help, wants: podsFor(selector, policy.namespace) };
    }
}

function selectsNothing(selector: JsonObject, { namespace }: Resource, context: TargetContext): boolean {
  if (isEmptySelector(selector) || selectedBy(selector, namespace, context).length > 0) return false;
  return !maySelectOthers(selector, namespace, context);
}

/** The pods of the target that have all labels of a selector but for a letter, as a hint. */
function meantBy(selector: JsonObject, { namespace }: Resource, context: TargetContext): string | undefined {
  const pairs = pairsOf(selector);
  if (pairs.length === 0 || selector.matchExpressions !== undefined) return undefined;
  for (const { resource, pod } of indexOf(context).workloadsIn(namespace)) {
    const labels = pairs.map(([key, value]) =>
      Object.entries(pod.labels).find(([name, own]) =>
        name === key ? own === value || isTypo(value, String(own)) : own === value && isTypo(key, name),
      ),
    );
    if (labels.every((label) => label !== undefined))
      return `Did you mean ${labels.map((label) => label.join(": ")).join(", ")}, the labels of ${resource.kind} ${resource.name}?`;
  }
  return undefined;
}
