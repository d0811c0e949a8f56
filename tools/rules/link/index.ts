import { budgetedTwice } from "./budgeted-twice.ts";
import { claimMissing } from "./claim-missing.ts";
import { configMissing } from "./config-missing.ts";
import { duplicateEnv } from "./duplicate-env.ts";
import { ingressBackend } from "./ingress-backend.ts";
import { limitRange } from "./limit-range.ts";
import { networkPolicyBlocks } from "./network-policy-blocks.ts";
import { networkPolicyNoPods } from "./network-policy-no-pods.ts";
import { nodePortCollision } from "./node-port-collision.ts";
import { pdbBlocksDrain } from "./pdb-blocks-drain.ts";
import { pdbNoPods } from "./pdb-no-pods.ts";
import { podClass } from "./pod-class.ts";
import { probePort } from "./probe-port.ts";
import { quota } from "./quota.ts";
import { referenceGrant } from "./reference-grant.ts";
import { referenceMissing } from "./reference-missing.ts";
import { replicasWithHpa } from "./replicas-with-hpa.ts";
import { routeParent } from "./route-parent.ts";
import { scaleRequest } from "./scale-request.ts";
import { scaleTarget } from "./scale-target.ts";
import { scaledTwice } from "./scaled-twice.ts";
import { scrapeTarget } from "./scrape-target.ts";
import { serviceAccountMissing } from "./service-account-missing.ts";
import { serviceHost } from "./service-host.ts";
import { serviceNoEndpoints } from "./service-no-endpoints.ts";
import { subsetMissing } from "./subset-missing.ts";
import { targetPort } from "./target-port.ts";
import { variableOrder } from "./variable-order.ts";
import { volumeMismatch } from "./volume-mismatch.ts";
import { webhookService } from "./webhook-service.ts";

/** Rules about the references between the resources of a target. */
export const link = [
  serviceNoEndpoints,
  targetPort,
  configMissing,
  scrapeTarget,
  serviceAccountMissing,
  serviceHost,
  claimMissing,
  ingressBackend,
  scaleTarget,
  pdbNoPods,
  probePort,
  networkPolicyNoPods,
  pdbBlocksDrain,
  replicasWithHpa,
  duplicateEnv,
  networkPolicyBlocks,
  nodePortCollision,
  referenceMissing,
  webhookService,
  routeParent,
  subsetMissing,
  referenceGrant,
  limitRange,
  quota,
  podClass,
  scaledTwice,
  scaleRequest,
  budgetedTwice,
  variableOrder,
  volumeMismatch,
];
