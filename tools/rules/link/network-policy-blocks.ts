import { distinctBy } from "../../core/group.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { type Block, blocksOf } from "../lib/blocks.ts";
import { callsIn } from "../lib/calls.ts";

/** The connections that are needed come from `contracts` in gitops.yaml. */
export const networkPolicyBlocks = definePolicy({
  id: "link/network-policy-blocks",
  severity: "error",
  why: "A pod that a policy isolates can only make and receive connections that some policy allows. If no policy allows a connection that a tier needs, it times out. https://kubernetes.io/docs/concepts/services-networking/network-policies/",
  fix: "Allow the connection in the policy at this end; both ends must allow it.",
  *checkTarget(context): Generator<Violation> {
    const blocks = callsIn(context).flatMap((call) => [...blocksOf(call, context)]);
    const keyOf = ({ policy, message }: Block) => [policy.namespace, policy.name, message].join("/");
    for (const { policy, direction, message } of distinctBy(blocks, keyOf))
      yield { resource: policy, pointer: `/spec/${direction}`, message };
  },
});
