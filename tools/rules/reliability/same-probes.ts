import { isObject, type Json, type JsonObject, objectAt } from "../../core/json.ts";
import { podKinds } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { inWords, runningIn } from "../lib/containers.ts";

const handlers = ["httpGet", "exec", "tcpSocket", "grpc"];

/** The same check is fine if liveness gives up later, as the documentation of Kubernetes recommends. */
export const sameProbes = definePolicy({
  id: "reliability/same-probes",
  severity: "warning",
  why: "A liveness probe that gives up as soon as the readiness probe restarts pods that only need time to recover: under load, or while a dependency is down, all of them. https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
  fix: "Make the liveness probe check less, or give up later: a higher failureThreshold.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    for (const container of runningIn(resource)) {
      const [liveness, readiness] = ["livenessProbe", "readinessProbe"].map((key) => objectAt(container.object, key));
      if (liveness === undefined || readiness === undefined || !checksTheSame(liveness, readiness)) continue;
      const [dead, unready] = [patienceOf(liveness), patienceOf(readiness)];
      // A variable such as ${FAILURES} is not a number, and is not compared.
      if (!(dead <= unready)) continue;
      yield {
        pointer: `${container.pointer}/livenessProbe`,
        message: `livenessProbe of ${inWords(container, resource)} checks the same as readinessProbe, and gives up after ${dead} s, readinessProbe after ${unready} s`,
      };
    }
  },
});

function checksTheSame(one: JsonObject, other: JsonObject): boolean {
  return handlers.some((key) => isObject(one[key]) && isEqual(one[key], other[key] ?? null));
}

/** How long a probe has to fail before the kubelet acts, in seconds. */
function patienceOf({ periodSeconds, failureThreshold }: JsonObject): number {
  return Number(periodSeconds ?? 10) * Number(failureThreshold ?? 3);
}

function isEqual(one: Json, other: Json): boolean {
  if (Array.isArray(one)) return Array.isArray(other) && isEqual({ ...one }, { ...other });
  if (!isObject(one)) return one === other;
  const keys = Object.keys(one);
  return (
    isObject(other) &&
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isEqual(one[key] ?? null, other[key] ?? null))
  );
}
