import { onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { exactlyOneWordOf } from "../../vocabulary/text.ts";
import { atMostAll, countOrPercent } from "./workload.ts";

const oneBound = onObject(({ minAvailable, maxUnavailable }, at) => {
  const isSet = (value: unknown) => value !== undefined && value !== null;
  if (isSet(minAvailable) && isSet(maxUnavailable))
    at.invalid("has both minAvailable and maxUnavailable", "Remove one of the two.");
});

/** https://kubernetes.io/docs/tasks/run-application/configure-pdb/ (`ValidatePodDisruptionBudgetSpec`) */
export const disruptionBudget: TypeDemands = {
  "policy.v1.PodDisruptionBudgetSpec": rule("apply/pdb", [
    oneBound,
    {
      minAvailable: [countOrPercent, atMostAll],
      maxUnavailable: [countOrPercent, atMostAll],
      unhealthyPodEvictionPolicy: exactlyOneWordOf("IfHealthyBudget", "AlwaysAllow"),
    },
  ]),
};
