import { amount } from "../../core/amount.ts";
import { groupBy } from "../../core/group.ts";
import type { Rollout, ServiceGap, StaleConfig, Time } from "../forecast/report.ts";
import type { DiffReport, TargetChange } from "../report.ts";

/** One event during a rollout, in words. */
export interface Happening {
  readonly resource: string;
  readonly words: string;
  /** `outage`: clients get no answer. `down`: none of its pods run. */
  readonly gravity: Gravity;
}

const gravities = ["outage", "down", "step"] as const;
type Gravity = (typeof gravities)[number];

/** What happens in several targets in the same way. */
export interface TargetsForecast {
  readonly targets: readonly TargetChange[];
  /** Most serious first. */
  readonly happenings: readonly Happening[];
}

/** The forecast grouped by targets that share it; object ids are without the overlays' namespaces. */
export function forecastByTargets({ forecast, targets }: DiffReport): TargetsForecast[] {
  if (forecast === undefined) return [];
  const all = [
    ...forecast.services.map((one) => ({ target: one.target, happening: ofService(one) })),
    ...forecast.rollouts.map((one) => ({ target: one.target, happening: ofRollout(one) })),
    ...forecast.configs.flatMap((one) => ofConfig(one).map((happening) => ({ target: one.target, happening }))),
  ];
  const byTarget = groupBy(all, ({ target }) => target);
  const alike = groupBy([...byTarget], ([, some]) => JSON.stringify(some.map(({ happening }) => happening)));
  const byPath = new Map(targets.map((target) => [target.path, target]));
  return [...alike.values()]
    .map((some) => ({
      targets: some.flatMap(([path]) => byPath.get(path) ?? []),
      happenings: (some[0]?.[1] ?? []).map(({ happening }) => happening).sort((a, b) => rank(a) - rank(b)),
    }))
    .sort((a, b) => outages(b) - outages(a));
}

const rank = ({ gravity }: Happening) => gravities.indexOf(gravity);
const outages = ({ happenings }: TargetsForecast) => happenings.filter(({ gravity }) => gravity === "outage").length;

/** An id without the namespace: `apps/v1/Deployment/shop/web` becomes `apps/v1/Deployment/web`. */
function anywhere(id: string): string {
  const parts = id.split("/");
  const kind = /^v\d/.test(parts[0] ?? "") ? 1 : 2;
  return parts.length > kind + 2 ? [...parts.slice(0, kind + 1), ...parts.slice(kind + 2)].join("/") : id;
}

const named = (ids: readonly string[]) => ids.map((id) => id.split("/").slice(-1)).join(", ");

/** How long a Service has no endpoints; without a probe, that depends on the images and programs. */
function lastingFor(emptyFor: number | null): string {
  if (emptyFor === null) return "until new pods are ready, with no startup probe to limit the wait";
  return emptyFor === 0 ? "until the containers of the new pods run" : `for ${emptyFor} s at worst`;
}

function ofService({ resource, workloads, endpoints, least, emptyFor }: ServiceGap): Happening {
  const words =
    least > 0 ? `at least ${least} of ${amount(endpoints, "endpoint")}` : `no endpoints ${lastingFor(emptyFor)}`;
  return {
    resource: anywhere(resource),
    words: `${words}, while ${named(workloads)} rolls`,
    gravity: least === 0 ? "outage" : "step",
  };
}

function ofRollout(rollout: Rollout): Happening {
  const notes = [...budgetNotes(rollout), ...claimNotes(rollout)];
  const words = [hows[rollout.how](rollout), ...notes].join("; ");
  return { resource: anywhere(rollout.resource), words, gravity: rollout.available === 0 ? "down" : "step" };
}

const hows: Readonly<Record<Rollout["how"], (rollout: Rollout) => string>> = {
  rolling,
  recreate: (one) => `${pods(one)} at once: old pods stop before new pods start (${starts(one.time)})`,
  replaced: (one) => `${pods(one)} at once: the workload is deleted and recreated (${starts(one.time)})`,
  "on-delete": (one) => `${pods(one)}, each replaced when someone deletes it`,
  paused: (one) => `${pods(one)}, replaced once the rollout is resumed`,
};

function rolling(one: Rollout): string {
  const { surge, unavailable, available, kept } = one;
  const step = typeof surge === "number" && typeof unavailable === "number" ? surge + unavailable : undefined;
  const pace = step === undefined ? "" : `, ${step} at a time`;
  const bounds = surge === null ? "" : ` (surge ${surge}, unavailable ${unavailable})`;
  const rest = available === null ? "" : `: ${staying(available)} up`;
  const below = kept === undefined ? "" : `, ${kept} below the partition stay as they are`;
  return `${pods(one)}${pace}${bounds}${rest}${below}`;
}

function staying(count: number): string {
  return count === 0 ? "none stay" : `${count} ${count === 1 ? "stays" : "stay"}`;
}

function pods({ pods: count, mostPods, resource }: Rollout): string {
  if (count === null) return resource.includes("/DaemonSet/") ? "one pod per node" : "its pods";
  return mostPods === undefined ? amount(count, "pod") : `${count} to ${amount(mostPods, "pod")}`;
}

function starts({ stop, readyWithin }: Time): string {
  return `up to ${stop} s to stop, ${readyWithin === null ? "no limit on the start" : `${readyWithin} s to start`}`;
}

function budgetNotes({ budgets = [] }: Rollout): string[] {
  const blocking = budgets.filter(({ blocksDrains }) => blocksDrains);
  return blocking.map(
    ({ resource, keeps }) =>
      `nodes cannot be drained meanwhile: PodDisruptionBudget ${named([resource])} requires ${amount(keeps, "pod")}`,
  );
}

function claimNotes({ claims = [] }: Rollout): string[] {
  return claims.map((name) => `a new pod on another node waits for claim ${name} until an old pod is gone`);
}

function ofConfig({ resource, variables, files }: StaleConfig): Happening[] {
  const parts = [
    ...(variables.length > 0 ? [`running pods of ${named(variables)} keep the old variables`] : []),
    ...(files.length > 0 ? [`running pods of ${named(files)} see the new files after about a minute`] : []),
  ];
  return parts.length === 0 ? [] : [{ resource: anywhere(resource), words: parts.join("; "), gravity: "step" }];
}
