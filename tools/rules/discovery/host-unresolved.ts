import type { Pod } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { edgesOf } from "../lib/calls.ts";
import { addressOf } from "../lib/hosts.ts";
import { isFragment, missing } from "../lib/reference.ts";

/** The names that images call are those of `contracts` in gitops.yaml. */
export const hostUnresolved = definePolicy({
  id: "discovery/host-unresolved",
  severity: "error",
  why: "A Service is found by its name within its namespace. Where none is called as the image expects, the name does not resolve, and the tier never finds its peer. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/",
  fix: "Call the Service as the image expects it, in the same namespace, or tell the image another name.",
  *checkTarget(context): Generator<Violation> {
    if (isFragment(context)) return;
    for (const { consumer, by, name, pointer, isMissing } of edgesOf(context)) {
      const { resource, pod } = consumer.workload;
      const address = by === "name" ? addressOf(name, resource.namespace, context) : undefined;
      if (address === undefined) continue;
      const what = `${consumer.container.name} of ${resource.kind} ${resource.name} calls ${name}, which`;
      if (isMissing) yield { resource, ...missing({ kind: "Service", ...address }, what, pointer, context) };
      else if (asksTheNode(pod)) {
        yield {
          resource,
          pointer: `${pod.specPointer}/${pod.spec.dnsPolicy === undefined ? "hostNetwork" : "dnsPolicy"}`,
          message: `${what} the DNS of the node does not know`,
          help: "Set dnsPolicy: ClusterFirst; with hostNetwork, ClusterFirstWithHostNet.",
        };
      }
    }
  },
});

/** `GetPodDNS` of the kubelet: on the node's network, ClusterFirst means Default. */
function asksTheNode({ spec }: Pod): boolean {
  const policy = spec.dnsPolicy ?? "ClusterFirst";
  return policy === "Default" || (policy === "ClusterFirst" && spec.hostNetwork === true);
}
