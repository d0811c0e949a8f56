import { definePolicy, type Violation } from "../../policy/define.ts";
import { blocksOf } from "../lib/blocks.ts";
import { edgesOf } from "../lib/calls.ts";

/** The connections that are needed come from `contracts` in gitops.yaml. */
export const networkPolicyBlocks = definePolicy({
  id: "link/network-policy-blocks",
  severity: "error",
  why: "A pod that a policy isolates can only make and receive connections that some policy allows. If no policy allows a connection that a tier needs, it times out. https://kubernetes.io/docs/concepts/services-networking/network-policies/",
  fix: "Allow the connection in the policy at this end; both ends must allow it.",
  *checkTarget(context): Generator<Violation> {
    const seen = new Set<string>();
    for (const edge of edgesOf(context)) {
      for (const { policy, direction, message } of blocksOf(edge, context)) {
        const key = [policy.namespace, policy.name, message].join("/");
        if (seen.has(key)) continue;
        seen.add(key);
        yield { resource: policy, pointer: `/spec/${direction}`, message };
      }
    }
  },
});
