import { numberAt, objectAt } from "../../core/json.ts";
import { podOf } from "../../core/pod.ts";
import { type Resource, resourceId } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { leastReplicas, scalerOf } from "../../rules/lib/scale.ts";
import { backendsOf, selectedBy } from "../../rules/lib/selection.ts";
import { groupKind, indexOf } from "../../rules/lib/target.ts";
import { type Draft, restarts, subjectOf } from "../draft.ts";
import { claimsOf, rolling } from "../table-pods.ts";
import type { Budget, Forecast, How, Rollout, ServiceGap, StaleConfig } from "./report.ts";
import { howOf, paceOf, scaled } from "./strategy.ts";
import { timeOf } from "./time.ts";

/** What happens in a target while a change is rolled out. Rejected changes have no effect. */
export function forecastOf(drafts: readonly Draft[], after: TargetContext): Forecast {
  const target = after.target.path;
  const rolled = rolledIn(drafts);
  const all = [...rolled].map(([resource, roll]) => [resource, rolloutOf(resource, roll, after)] as const);
  const rollouts = new Map(all.filter(([, { pods, kept = 0, mostPods = pods }]) => mostPods !== 0 || kept > 0));
  return {
    rollouts: [...rollouts.values()],
    services: indexOf(after)
      .ofKind("Service")
      .flatMap((service) => gapOf(service, rollouts, after) ?? []),
    configs: drafts.flatMap((draft) => staleOf(draft, target) ?? []),
  };
}

/** Why a workload rolls. */
interface Roll {
  readonly how: How;
  readonly causes: Resource[];
}

function rolledIn(drafts: readonly Draft[]): Map<Resource, Roll> {
  const rolled = new Map<Resource, Roll>();
  for (const draft of drafts.filter(isApplied)) {
    const own = subjectOf(draft);
    const how = rolling.includes(groupKind(own)) ? ownRoll(draft) : undefined;
    if (how !== undefined) rolled.set(own, { how, causes: [] });
  }
  for (const draft of drafts.filter(isApplied)) {
    for (const reader of draft.rollouts.filter((one) => rolling.includes(groupKind(one)))) {
      const roll = rolled.get(reader) ?? { how: howOf(reader), causes: [] };
      roll.causes.push(subjectOf(draft));
      rolled.set(reader, roll);
    }
  }
  return rolled;
}

function isApplied({ reasons, isLeft }: Draft): boolean {
  return !isLeft && !reasons.some(({ effect }) => effect === "rejected");
}

function ownRoll(draft: Draft): How | undefined {
  if (draft.action !== "changed" || draft.pair.after === undefined) return undefined;
  if (draft.reasons.some(({ effect }) => effect === "recreate")) return "replaced";
  return restarts(draft) ? howOf(draft.pair.after) : undefined;
}

function rolloutOf(resource: Resource, { how, causes }: Roll, context: TargetContext): Rollout {
  const pod = podOf(resource);
  const least = leastReplicas({ resource }, context);
  const most = mostReplicas(resource, context);
  const pace = paceOf(resource, how, least);
  const budgets = budgetsOf(resource, pace.available, context);
  const claims = pace.surge === 0 ? [] : exclusiveClaims(resource, context);
  return {
    target: context.target.path,
    resource: resourceId(resource),
    how,
    ...pace,
    ...(most !== undefined && most !== least && { mostPods: most }),
    time: pod ? timeOf(pod) : { stop: 0, readyAfter: 0, readyWithin: null },
    ...(causes.length > 0 && { causes: causes.map(resourceId) }),
    ...(budgets.length > 0 && { budgets }),
    ...(claims.length > 0 && { claims }),
  };
}

function mostReplicas(resource: Resource, context: TargetContext): number | undefined {
  const spec = objectAt(scalerOf(resource, context)?.resource.object, "spec");
  return numberAt(spec, "maxReplicas") ?? numberAt(spec, "maxReplicaCount");
}

/**
 * Rollouts ignore disruption budgets, but evictions such as drains obey them.
 * https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets
 */
function budgetsOf(resource: Resource, available: number | null, context: TargetContext): Budget[] {
  const all = indexOf(context).ofKind("PodDisruptionBudget.policy");
  return all.flatMap((budget) => {
    const spec = objectAt(budget.object, "spec");
    const selector = objectAt(spec, "selector");
    const selected = selector ? selectedBy(selector, budget.namespace, context) : [];
    const counts = selected.map((one) => leastReplicas(one, context));
    if (!selected.some((one) => one.resource === resource) || counts.includes(undefined) || available === null)
      return [];
    const total = counts.reduce<number>((sum, count) => sum + Number(count), 0);
    const keeps =
      spec?.maxUnavailable === undefined
        ? scaled(spec?.minAvailable ?? 1, total, Math.ceil)
        : total - scaled(spec.maxUnavailable, total, Math.ceil);
    const others = total - Number(leastReplicas({ resource }, context));
    return [{ resource: resourceId(budget), keeps, blocksDrains: others + available <= keeps }];
  });
}

const shared = ["ReadWriteMany", "ReadOnlyMany"];

function exclusiveClaims(resource: Resource, context: TargetContext): string[] {
  return claimsOf(resource).filter((name) => {
    const claim = indexOf(context).find("PersistentVolumeClaim", resource.namespace, name);
    const modes = objectAt(claim?.object, "spec")?.accessModes;
    return Array.isArray(modes) && !modes.some((mode) => shared.includes(String(mode)));
  });
}

function gapOf(
  service: Resource,
  rollouts: ReadonlyMap<Resource, Rollout>,
  context: TargetContext,
): ServiceGap | undefined {
  const backends = (backendsOf(service, context) ?? []).map(({ resource }) => resource);
  const rolling = backends.flatMap((one): Rolled[] => {
    const rollout = rollouts.get(one);
    return rollout === undefined ? [] : [{ workload: one, rollout }];
  });
  const rolled = rolling.map(({ rollout }) => rollout);
  const counts = backends.map((one) => leastReplicas({ resource: one }, context));
  if (rolled.length === 0 || counts.includes(undefined)) return undefined;
  const endpoints = counts.reduce<number>((sum, count) => sum + Number(count), 0);
  const missing = rolled.reduce(
    (sum, { pods, kept = 0, available }) => sum + Number(pods) + kept - Number(available),
    0,
  );
  const least = Math.max(0, endpoints - missing);
  if (least === endpoints || objectAt(service.object, "spec")?.publishNotReadyAddresses === true) return undefined;
  return {
    target: context.target.path,
    resource: resourceId(service),
    workloads: rolled.map(({ resource }) => resource),
    endpoints,
    least,
    emptyFor: least > 0 ? 0 : emptyFor(rolling),
  };
}

interface Rolled {
  readonly workload: Resource;
  readonly rollout: Rollout;
}

/** Seconds without endpoints; in a rolling Deployment, new pods do not wait until the old pods are gone. */
function emptyFor(rolled: readonly Rolled[]): number | null {
  const each = rolled.map(({ workload, rollout: { how, time } }) => {
    const { stop, readyWithin } = time;
    const waits = how !== "rolling" || workload.kind === "StatefulSet";
    return readyWithin === null ? null : (waits ? stop : 0) + readyWithin;
  });
  return each.includes(null) ? null : Math.max(...each.map(Number));
}

function staleOf({ stale, pair: { after } }: Draft, target: string): StaleConfig | undefined {
  if (stale === undefined || after === undefined) return undefined;
  const ids = (resources: readonly Resource[]) => [...new Set(resources.map(resourceId))].sort();
  return { target, resource: resourceId(after), variables: ids(stale.variables), files: ids(stale.files) };
}
