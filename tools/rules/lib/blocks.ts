import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import type { ResolvedCall } from "./calls.ts";
import { blockedBy, type Direction, dnsBlockedBy } from "./network.ts";
import { podPorts } from "./ports.ts";
import { backendsOf } from "./selection.ts";
import type { Workload } from "./target.ts";

/** A policy that blocks a call to the pods of a Service, or its DNS lookup. */
export interface Block {
  readonly policy: Resource;
  readonly direction: Direction;
  readonly message: string;
}

/** What a policy may block: a call of a Service by a workload. */
export interface Connection extends Pick<ResolvedCall, "by" | "name" | "port" | "service" | "isMissing"> {
  readonly workload: Workload;
}

/** The policies that block a call, at either end. */
export function* blocksOf(call: Connection, context: TargetContext): Generator<Block> {
  const { workload } = call;
  const from = nameOf(workload);
  if (call.by === "name" && !call.isMissing) {
    const policy = dnsBlockedBy(workload, context);
    if (policy)
      yield { policy, direction: "egress", message: `${from} looks up ${call.name}, but no policy allows DNS` };
  }
  for (const backend of backendsIn(call, context)) {
    const port = targetOf(call, backend);
    if (port === undefined) continue;
    const to = `${nameOf(backend)} on port ${port}`;
    const rest = { port, protocol: "TCP", portOf: backend };
    const out = { workload: backend, namespace: backend.resource.namespace, ...rest };
    const egress = blockedBy(workload, "egress", out, context);
    if (egress)
      yield { policy: egress, direction: "egress", message: `${from} calls ${to}, but no policy allows the egress` };
    const into = { workload, namespace: workload.resource.namespace, ...rest };
    const ingress = blockedBy(backend, "ingress", into, context);
    if (ingress)
      yield { policy: ingress, direction: "ingress", message: `${from} calls ${to}, but no policy allows the ingress` };
  }
}

function nameOf({ resource }: Workload): string {
  return `${resource.kind} ${resource.name}`;
}

function backendsIn({ service }: Connection, context: TargetContext): readonly Workload[] {
  return (service && backendsOf(service, context)) ?? [];
}

/** The port of the pod that a call to a Service reaches. */
function targetOf({ service, port }: Connection, { pod }: Workload): number | undefined {
  const ports = listAt(objectAt(service?.object, "spec"), "ports").filter(isObject);
  const called = ports.find((one) => one.port === port && (stringAt(one, "protocol") ?? "TCP") === "TCP");
  const target = called?.targetPort ?? called?.port;
  if (typeof target === "number") return target;
  return podPorts(pod).find(({ name }) => name === target)?.number;
}
