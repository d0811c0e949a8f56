import { isObject, type JsonObject, numberAt, objectAt } from "../../core/json.ts";
import { containersOf, type Pod, runsOn } from "../../core/pod.ts";
import type { Time } from "./report.ts";

/** `DefaultTerminationGracePeriodSeconds` */
const gracePeriod = 30;

/**
 * How long a pod may take to stop and to become ready. A startup probe limits the start of a container; nothing limits the time
 * before it (image pulls, init containers) or a readiness probe that keeps failing.
 * https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 */
export function timeOf(pod: Pod): Time {
  const containers = containersOf(pod)
    .filter(runsOn)
    .map(({ object }) => object);
  const latest = containers.map(latestOf);
  return {
    stop: numberAt(pod.spec, "terminationGracePeriodSeconds") ?? gracePeriod,
    readyAfter: Math.max(0, ...containers.map(earliestOf)),
    readyWithin: latest.includes(null) ? null : Math.max(0, ...latest.map(Number)),
  };
}

function earliestOf(container: JsonObject): number {
  return sum(["startupProbe", "readinessProbe"].map((name) => firstSuccess(objectAt(container, name))));
}

function latestOf(container: JsonObject): number | null {
  const startup = container.startupProbe;
  if (!isObject(startup)) return isObject(container.readinessProbe) ? null : 0;
  const { initialDelay, period, failures, timeout } = settings(startup);
  return initialDelay + period * failures + timeout + firstSuccess(objectAt(container, "readinessProbe"));
}

/** The settings of a probe, with the defaults of `SetDefaults_Probe`. */
function settings(probe: JsonObject) {
  return {
    initialDelay: numberAt(probe, "initialDelaySeconds") ?? 0,
    period: numberAt(probe, "periodSeconds") ?? 10,
    failures: numberAt(probe, "failureThreshold") ?? 3,
    successes: numberAt(probe, "successThreshold") ?? 1,
    timeout: numberAt(probe, "timeoutSeconds") ?? 1,
  };
}

function firstSuccess(probe: JsonObject | undefined): number {
  if (probe === undefined) return 0;
  const { initialDelay, period, successes } = settings(probe);
  return initialDelay + period * (successes - 1);
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
