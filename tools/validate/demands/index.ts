import { checkOf, type TypeDemands } from "../../vocabulary/demand.ts";
import type { Check } from "../../vocabulary/place.ts";
import type { Demands } from "../types.ts";
import { admissionRules } from "./admission-rules.ts";
import { apiService } from "./api-service.ts";
import { autoscalerAnnotations } from "./autoscaler-annotations.ts";
import { certificates } from "./certificates.ts";
import { config } from "./config.ts";
import { container } from "./container.ts";
import { crd } from "./crd.ts";
import { crdSchema } from "./crd-schema.ts";
import { cronJob } from "./cron-job.ts";
import { devices } from "./devices.ts";
import { disruptionBudget } from "./disruption-budget.ts";
import { endpoints } from "./endpoints.ts";
import { enforcementOf } from "./enforced.ts";
import { env } from "./env.ts";
import { events } from "./event.ts";
import { flowControl } from "./flow-control.ts";
import { horizontalPodAutoscaler } from "./horizontal-pod-autoscaler.ts";
import { ingress } from "./ingress.ts";
import { job } from "./job.ts";
import { jobSelector } from "./job-selector.ts";
import { labelSelector } from "./label-selector.ts";
import { lease } from "./lease.ts";
import { limitRange } from "./limit-range.ts";
import { metadata } from "./metadata.ts";
import { namespace } from "./namespace.ts";
import { networkPolicy } from "./network-policy.ts";
import { node } from "./node.ts";
import { persistentVolume } from "./persistent-volume.ts";
import { podSpec } from "./pod-spec.ts";
import { hostNames } from "./pod-warnings.ts";
import { policies } from "./policies.ts";
import { priorityClass } from "./priority-class.ts";
import { probe } from "./probe.ts";
import { quota } from "./quota.ts";
import { rbac } from "./rbac.ts";
import { resourceClaim } from "./resource-claim.ts";
import { resourceSlice } from "./resource-slice.ts";
import { reviews } from "./reviews.ts";
import { runtimeClass } from "./runtime-class.ts";
import { scheduling } from "./scheduling.ts";
import { securityContext } from "./security-context.ts";
import { service } from "./service.ts";
import { serviceCidr } from "./service-cidr.ts";
import { storage } from "./storage.ts";
import { storageVersionMigration } from "./storage-version-migration.ts";
import { volume } from "./volume.ts";
import { volumeClaim } from "./volume-claim.ts";
import { webhookClient } from "./webhook-client.ts";
import { webhooks } from "./webhooks.ts";
import { workload } from "./workload.ts";

/** All demands by type. A test ensures that each type is in one file only. */
export const families: readonly TypeDemands[] = [
  metadata,
  labelSelector,
  podSpec,
  container,
  env,
  probe,
  volume,
  persistentVolume,
  volumeClaim,
  storage,
  ingress,
  networkPolicy,
  serviceCidr,
  runtimeClass,
  devices,
  resourceClaim,
  resourceSlice,
  certificates,
  storageVersionMigration,
  securityContext,
  scheduling,
  service,
  quota,
  limitRange,
  workload,
  hostNames,
  job,
  jobSelector,
  cronJob,
  config,
  endpoints,
  namespace,
  disruptionBudget,
  events,
  node,
  priorityClass,
  lease,
  horizontalPodAutoscaler,
  autoscalerAnnotations,
  rbac,
  flowControl,
  apiService,
  admissionRules,
  webhookClient,
  webhooks,
  policies,
  reviews,
  crd,
  crdSchema,
];

const demands = new Map(families.flatMap((family) => Object.entries(family)));
const checks = new Map<string, Check>();

/** The check of all values of a type; undefined if there are no demands. */
function demandOf(type: string): Check | undefined {
  const demand = demands.get(type);
  if (demand === undefined) return undefined;
  const known = checks.get(type);
  if (known !== undefined) return known;
  const check = checkOf(demand);
  checks.set(type, check);
  return check;
}

/** The demands of the API server's validation on built-in types. */
export const builtInDemands: Demands = { of: demandOf, enforcementOf };
