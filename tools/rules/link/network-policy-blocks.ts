import { definePolicy, type Violation } from "../../policy/define.ts";
import { blocksOf } from "../lib/blocks.ts";
import { edgesOf } from "../lib/calls.ts";

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
