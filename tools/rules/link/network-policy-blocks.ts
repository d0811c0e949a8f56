import { distinctBy } from "../../core/group.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { type Block, blocksOf } from "../lib/blocks.ts";
import { callsIn } from "../lib/calls.ts";
import { hasOtherPolicies } from "../lib/network.ts";
import { isFragment } from "../lib/reference.ts";
import { areTogether, indexOf } from "../lib/target.ts";
import { writtenCalls } from "../lib/written-calls.ts";

/**
 * The connections that are needed come from `contracts` in gitops.yaml, and from the variables and arguments of containers.
 * The latter are warnings: a policy of another target may allow them.
 */
export const networkPolicyBlocks = definePolicy({
  id: "link/network-policy-blocks",
  severity: "error",
  why: "A pod that a policy isolates can only make and receive connections that some policy allows. If no policy allows a connection that a tier needs, it times out. https://kubernetes.io/docs/concepts/services-networking/network-policies/",
  fix: "Allow the connection in the policy at this end; both ends must allow it.",
  *checkTarget(context): Generator<Violation> {
    if (indexOf(context).ofKind("NetworkPolicy.networking.k8s.io").length === 0) return;
    // Policies add up: another one may allow it.
    if (context.isPartial) return;
    const needed = callsIn(context).flatMap((call) => [...blocksOf(call, context)]);
    const written = isFragment(context) || hasOtherPolicies(context).is ? [] : writtenCalls(context);
    const likely = written.flatMap((call) =>
      [...blocksOf(call, context)].filter(({ policy }) => areTogether(policy, call.workload.resource, context)),
    );
    const keyOf = ({ policy, message }: Block) => [policy.namespace, policy.name, message].join("/");
    const certain = new Set(needed);
    for (const block of distinctBy([...needed, ...likely], keyOf)) {
      const { policy, direction, message } = block;
      const isMild = !certain.has(block);
      yield { resource: policy, pointer: `/spec/${direction}`, message, ...(isMild && { severity: "warning" }) };
    }
  },
});
