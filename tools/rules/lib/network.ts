import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { selects } from "../../vocabulary/selector.ts";
import { podPorts } from "./ports.ts";
import {
  idOf,
  indexOf,
  labelsOfNamespace,
  mayBeSameNamespace,
  namespaceName,
  perTarget,
  type Workload,
} from "./target.ts";

export type Direction = "ingress" | "egress";

/** The other end of a connection, as a policy sees it. */
export interface Peer {
  /** Undefined for pods outside the target, whose labels are unknown. */
  readonly workload?: Workload;
  readonly namespace: string | undefined;
  /** The port of the connection, and its pod: a policy may use the name of the port. */
  readonly port: number;
  readonly protocol: string;
  readonly portOf?: Workload;
}

/**
 * The policy that blocks a connection of a pod: none of those that isolate it in this direction allows it. Of several, the
 * most specific one. Undefined if the connection is allowed, or nothing isolates the pod.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
 */
export function blockedBy(
  pod: Workload,
  direction: Direction,
  peer: Peer,
  context: TargetContext,
): Resource | undefined {
  const policies = isolatingOf(pod, direction, context);
  const isAllowed = policies.some((policy) =>
    rulesOf(policy, direction).some((rule) => allows(rule, direction, policy, peer, context)),
  );
  if (isAllowed) return undefined;
  return policies.reduce<Resource | undefined>(
    (best, one) => (best !== undefined && weightOf(best) >= weightOf(one) ? best : one),
    undefined,
  );
}

/** Where OpenShift and most others answer DNS queries. */
const dnsPorts = [53, 5353];

/** The policy that keeps a pod from DNS: no policy has a rule for it, whichever servers the rule names. */
export function dnsBlockedBy(pod: Workload, context: TargetContext): Resource | undefined {
  const rules = isolatingOf(pod, "egress", context).flatMap((policy) => rulesOf(policy, "egress"));
  const isForDns = (rule: JsonObject) =>
    listAt(rule, "ports").some((one) => isObject(one) && dnsPorts.includes(Number(one.port)));
  const server = { namespace: "kube-system", port: 53, protocol: "UDP" };
  return rules.some(isForDns) ? undefined : blockedBy(pod, "egress", server, context);
}

/** Policies of other projects, which may allow what NetworkPolicies do not. */
const otherPolicies = /^(?:cilium\.io|(?:crd\.)?projectcalico\.org|crd\.antrea\.io|policy\.networking\.k8s\.io)\//;

/** Whether a target has network policies of other projects. */
export const hasOtherPolicies = perTarget<{ readonly is: boolean }>(({ resources }) => ({
  is: resources.some(({ apiVersion, kind }) => kind.endsWith("Policy") && otherPolicies.test(apiVersion)),
}));

/** The policies that together block all ingress to a pod: all that isolate it, if none of them has a rule. */
export function shutBy(pod: Workload, context: TargetContext): readonly Resource[] {
  const policies = isolatingOf(pod, "ingress", context);
  return policies.some((policy) => rulesOf(policy, "ingress").length > 0) ? [] : policies;
}

/** The policies that isolate the pods of a workload in a direction. */
function isolatingOf(workload: Workload, direction: Direction, context: TargetContext): readonly Resource[] {
  return isolating(context)(workload)[direction];
}

const isolating = perTarget((context) =>
  once(({ resource, pod }: Workload) => {
    // Policies do not apply to pods in the network of their node.
    const isOfNode = pod.spec.hostNetwork === true;
    const all = isOfNode ? [] : indexOf(context).ofKindIn("NetworkPolicy.networking.k8s.io", resource.namespace);
    const policies = all
      .filter(({ object }) => selects(objectAt(objectAt(object, "spec"), "podSelector") ?? {}, pod.labels))
      .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    return {
      ingress: policies.filter((policy) => isAbout(policy, "ingress")),
      egress: policies.filter((policy) => isAbout(policy, "egress")),
    };
  }),
);

function isAbout({ object }: Resource, direction: Direction): boolean {
  const spec = objectAt(object, "spec");
  const types = listAt(spec, "policyTypes");
  if (types.length > 0) return types.includes(direction === "ingress" ? "Ingress" : "Egress");
  return direction === "ingress" || spec?.egress !== undefined;
}

function rulesOf({ object }: Resource, direction: Direction): JsonObject[] {
  return listAt(objectAt(object, "spec"), direction).filter(isObject);
}

function weightOf({ object }: Resource): number {
  const selector = objectAt(objectAt(object, "spec"), "podSelector");
  return Object.keys(objectAt(selector, "matchLabels") ?? {}).length + listAt(selector, "matchExpressions").length;
}

function allows(rule: JsonObject, direction: Direction, policy: Resource, peer: Peer, context: TargetContext): boolean {
  const peers = listAt(rule, direction === "ingress" ? "from" : "to").filter(isObject);
  const ports = listAt(rule, "ports").filter(isObject);
  return (
    (peers.length === 0 || peers.some((one) => includes(one, policy, peer, context))) &&
    (ports.length === 0 || ports.some((one) => matchesPort(one, peer)))
  );
}

function includes(one: JsonObject, policy: Resource, { workload, namespace }: Peer, context: TargetContext): boolean {
  // The addresses of pods are only known in the cluster.
  if (one.ipBlock !== undefined) return true;
  const [namespaces, pods] = [objectAt(one, "namespaceSelector"), objectAt(one, "podSelector")];
  const isThere = namespaces
    ? selectsNamespace(namespaces, namespace, context)
    : mayBeSameNamespace(policy.namespace, namespace);
  return isThere && (pods === undefined || workload === undefined || selects(pods, workload.pod.labels));
}

/** Every namespace has its name as a label; its other labels are known if the target renders it. */
function selectsNamespace(selector: JsonObject, namespace: string | undefined, context: TargetContext): boolean {
  if (!namespace) return true;
  const labels = labelsOfNamespace(namespace, context);
  if (labels !== undefined) return selects(selector, labels);
  const name = objectAt(selector, "matchLabels")?.[namespaceName];
  return name === undefined || name === namespace;
}

function matchesPort({ port, endPort, protocol }: JsonObject, peer: Peer): boolean {
  if ((protocol ?? "TCP") !== peer.protocol) return false;
  if (port === undefined || port === null) return true;
  if (typeof port === "number")
    return typeof endPort === "number" ? port <= peer.port && peer.port <= endPort : port === peer.port;
  return peer.portOf === undefined || isCalled(port, peer.portOf, peer);
}

function isCalled(name: Json, { pod }: Workload, { port, protocol }: Peer): boolean {
  return podPorts(pod).some((one) => one.name === name && one.number === port && one.protocol === protocol);
}
