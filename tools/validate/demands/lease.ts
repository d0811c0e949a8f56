import type { TypeDemands } from "../../vocabulary/demand.ts";
import { nonNegative, positive } from "../../vocabulary/numbers.ts";

/**
 * https://kubernetes.io/docs/concepts/architecture/leases/ (`ValidateLeaseSpec`; the strategy is dropped because
 * CoordinatedLeaderElection is off)
 */
export const lease: TypeDemands = {
  "coordination.v1.LeaseSpec": { leaseDurationSeconds: positive, leaseTransitions: nonNegative },
};
