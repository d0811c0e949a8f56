import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { type Edge, edgesOf } from "../lib/calls.ts";
import { blockedBy, type Direction } from "../lib/network.ts";
import { podPorts } from "../lib/ports.ts";
import { backendsOf } from "../lib/selection.ts";
import type { Workload } from "../lib/target.ts";

/** What a connection needs is known from `contracts` in gitops.yaml. */
export const networkPolicyBlocks = definePolicy({
  id: "link/network-policy-blocks",
  severity: "error",
  why: "A pod that a policy isolates reaches, and is reached by, only what some policy allows. Where none allows a connection that a tier needs, it times out. https://kubernetes.io/docs/concepts/services-networking/network-policies/",
  fix: "Allow the connection in the policy of this end; both ends need to.",
  *checkTarget(context): Generator<Violation> {
    const told = new Set<string>();
    for (const edge of edgesOf(context)) {
      for (const { policy, direction, message } of blocksOf(edge, context)) {
        const key = [policy.namespace, policy.name, message].join("/");
        if (told.has(key)) continue;
        told.add(key);
        yield { resource: policy, pointer: `/spec/${direction}`, message };
      }
    }
  },
});

interface Block {
  readonly policy: Resource;
  readonly direction: Direction;
  readonly message: string;
}

function* blocksOf(edge: Edge, context: TargetContext): Generator<Block> {
  const { workload } = edge.consumer;
  const from = nameOf(workload);
  if (edge.by === "name" && !edge.isMissing) {
    const dns = { namespace: "kube-system", port: 53, protocol: "UDP" };
    const policy = blockedBy(workload, "egress", dns, context);
    if (policy)
      yield { policy, direction: "egress", message: `${from} looks ${edge.name} up, and no policy lets it ask DNS` };
  }
  for (const backend of backendsIn(edge, context)) {
    const port = targetOf(edge, backend);
    if (port === undefined) continue;
    const to = `${nameOf(backend)} on port ${port}`;
    const rest = { port, protocol: "TCP", portOf: backend };
    const out = { workload: backend, namespace: backend.resource.namespace, ...rest };
    const egress = blockedBy(workload, "egress", out, context);
    if (egress)
      yield { policy: egress, direction: "egress", message: `${from} calls ${to}, and no policy lets it out` };
    const into = { workload, namespace: workload.resource.namespace, ...rest };
    const ingress = blockedBy(backend, "ingress", into, context);
    if (ingress)
      yield { policy: ingress, direction: "ingress", message: `${from} calls ${to}, and no policy lets it in` };
  }
}

function nameOf({ resource }: Workload): string {
  return `${resource.kind} ${resource.name}`;
}

function backendsIn({ service }: Edge, context: TargetContext): readonly Workload[] {
  return (service && backendsOf(service, context)) ?? [];
}

/** The port of the pod that a call to a Service ends at. */
function targetOf({ service, port }: Edge, { pod }: Workload): number | undefined {
  const ports = listAt(objectAt(service?.object, "spec"), "ports").filter(isObject);
  const called = ports.find((one) => one.port === port && (stringAt(one, "protocol") ?? "TCP") === "TCP");
  const target = called?.targetPort ?? called?.port;
  if (typeof target === "number") return target;
  return podPorts(pod).find(({ name }) => name === target)?.number;
}
