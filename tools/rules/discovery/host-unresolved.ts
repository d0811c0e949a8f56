import type { Pod } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { callsIn } from "../lib/calls.ts";
import { addressOf } from "../lib/hosts.ts";
import { isFragment, missing } from "../lib/reference.ts";

/** The names that images call come from `contracts` in gitops.yaml. */
export const hostUnresolved = definePolicy({
  id: "discovery/host-unresolved",
  severity: "error",
  why: "A Service is found by its name within its namespace. If no Service has the name that the image expects, the name does not resolve, and the tier never finds its peer. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/",
  fix: "Give the Service the name that the image expects, in the same namespace, or configure the image with another name.",
  *checkTarget(context): Generator<Violation> {
    if (isFragment(context)) return;
    for (const { consumer, by, name, pointer, isMissing } of callsIn(context)) {
      const { resource, pod } = consumer.workload;
      const address = by === "name" ? addressOf(name, resource.namespace, context) : undefined;
      if (address === undefined) continue;
      const caller = `${resource.kind} ${resource.name}`;
      const what = `${consumer.container.name} of ${caller} calls ${name}`;
      if (isMissing) {
        const where = address.namespace ? ` in namespace ${address.namespace}` : "";
        const message = `${what}, but Service ${address.name} does not exist${where}`;
        yield { resource, ...missing({ kind: "Service", ...address }, caller, pointer, context), message };
      } else if (usesNodeDns(pod)) {
        yield {
          resource,
          pointer: `${pod.specPointer}/${pod.spec.dnsPolicy === undefined ? "hostNetwork" : "dnsPolicy"}`,
          message: `${what}, which the node's DNS does not know`,
          help: "Set dnsPolicy: ClusterFirst; with hostNetwork, ClusterFirstWithHostNet.",
        };
      }
    }
  },
});

/** `GetPodDNS` of the kubelet: on the node's network, ClusterFirst means Default. */
function usesNodeDns({ spec }: Pod): boolean {
  const policy = spec.dnsPolicy ?? "ClusterFirst";
  return policy === "Default" || (policy === "ClusterFirst" && spec.hostNetwork === true);
}
