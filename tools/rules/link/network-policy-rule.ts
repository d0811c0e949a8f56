import { isObject, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { hasVariable } from "../../core/variable.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { isEmptySelector } from "../../vocabulary/selector.ts";
import { type ContainerPort, podPorts, portWords, targetPortOf } from "../lib/ports.ts";
import { isFragment } from "../lib/reference.ts";
import { backendsOf, selectedBy } from "../lib/selection.ts";
import { areTogether, indexOf, type Workload } from "../lib/target.ts";

const directions = [
  { field: "ingress", type: "Ingress" },
  { field: "egress", type: "Egress" },
] as const;
type Field = (typeof directions)[number]["field"];

/** Another rule may permit the requests, and some are not needed: see link/network-policy-blocks. */
export const networkPolicyRule = definePolicy({
  id: "link/network-policy-rule",
  severity: "warning",
  why: "The rules of a NetworkPolicy are about the ports and protocols of pods, not those of Services, and only count in the directions that policyTypes lists. A rule that no connection matches permits nothing: the requests that it is meant for time out. https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource",
  fix: "Use the name or the number of a container port, and its protocol.",
  match: { apiVersion: "networking.k8s.io/*", kind: "NetworkPolicy" },
  *check(policy, context): Generator<Violation> {
    if (isFragment(context)) return;
    const spec = objectAt(policy.object, "spec");
    const types = listAt(spec, "policyTypes");
    for (const { field, type } of directions) {
      const rules = listAt(spec, field).map((rule) => (isObject(rule) ? rule : {}));
      const isIgnored = types.length > 0 && !types.includes(type);
      // A rule that permits everything is as good as none.
      if (isIgnored && rules.some((rule) => Object.keys(rule).length > 0))
        yield {
          pointer: `/spec/${field}`,
          message: `NetworkPolicy ${policy.name} has rules for ${field}, but its policyTypes lack ${type}: the rules are ignored`,
          help: `Add ${type} to policyTypes, or remove the rules.`,
        };
      for (const [index, rule] of isIgnored ? [] : rules.entries()) {
        const pods = receivers(rule, field, policy, context);
        const pointer = `/spec/${field}/${index}/ports`;
        if (pods.length > 0) yield* ofPorts(rule, pointer, policy, pods, context);
      }
    }
  },
});

/** The pods whose ports a rule is about; none if others may be among them, or some declare no ports. */
function receivers(rule: JsonObject, field: Field, policy: Resource, context: TargetContext): Workload[] {
  const own = { podSelector: objectAt(policy.object, "spec")?.podSelector ?? {} };
  const ends = field === "ingress" ? [own] : listAt(rule, "to");
  const found = ends.map((end) => (isObject(end) ? podsAt(end, policy, context) : []));
  const pods = found.flat();
  const isKnown = ({ resource, pod }: Workload) => podPorts(pod).length > 0 && areTogether(policy, resource, context);
  return found.every((some) => some.length > 0) && pods.every(isKnown) ? pods : [];
}

function podsAt({ podSelector, namespaceSelector }: JsonObject, policy: Resource, context: TargetContext) {
  const isOpen = !isObject(podSelector) || isEmptySelector(podSelector) || namespaceSelector !== undefined;
  return isOpen ? [] : selectedBy(podSelector, policy.namespace, context);
}

function* ofPorts(
  rule: JsonObject,
  pointer: string,
  { name }: Resource,
  pods: readonly Workload[],
  context: TargetContext,
): Generator<Violation> {
  const ports = listAt(rule, "ports").map((one) => (isObject(one) ? one : {}));
  const declared = pods.flatMap(({ pod }) => podPorts(pod));
  const permits = (one: ContainerPort) =>
    ports.some(({ port, protocol = "TCP" }) => protocol === one.protocol && (port === one.number || port === one.name));
  for (const [index, { port, endPort, protocol = "TCP" }] of ports.entries()) {
    if ((typeof port !== "number" && typeof port !== "string") || endPort !== undefined) continue;
    const same = declared.filter((one) => one.number === port || one.name === port);
    if (same.some((one) => one.protocol === protocol)) continue;
    const [other] = same;
    const service = other === undefined && typeof port === "number" ? serviceOn(port, pods, context) : undefined;
    const meant = other ?? service?.target;
    if (typeof port === "number" ? meant === undefined || permits(meant) : hasVariable(port)) continue;
    const problem =
      other !== undefined
        ? [`which its pods declare as ${other.protocol}`, `Set protocol: ${other.protocol}.`]
        : service !== undefined
          ? [`the port of Service ${service.name}`, `The port of its pods: ${portWords([service.target])}.`]
          : ["which none of the pods has", `Their ports: ${portWords(declared)}.`];
    const [what, help] = problem as [string, string];
    yield {
      pointer: `${pointer}/${index}/port`,
      message: `NetworkPolicy ${name} permits ${protocol} port ${port}, ${what}`,
      help,
    };
  }
}

/** A Service that has this port, and the port of the pods to which it sends requests. */
function serviceOn(number: number, pods: readonly Workload[], context: TargetContext) {
  for (const { resource, pod } of pods)
    for (const service of indexOf(context).ofKindIn("Service", resource.namespace)) {
      const ports = listAt(objectAt(service.object, "spec"), "ports").filter(isObject);
      const port = ports.find((one) => one.port === number);
      if (port === undefined || !backendsOf(service, context)?.some((one) => one.resource === resource)) continue;
      const wanted = targetPortOf(port);
      const target = podPorts(pod).find((one) => one.name === wanted || one.number === wanted);
      if (target !== undefined) return { name: service.name, target };
    }
  return undefined;
}
