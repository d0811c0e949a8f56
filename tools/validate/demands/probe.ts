import { isObject } from "../../core/json.ts";
import { each, from, rule, type TypeDemands, upTo } from "../../vocabulary/demand.ts";
import {
  absentIsZero,
  isNumber,
  nonNegative,
  portNumber,
  portNumberOrName,
  positive,
} from "../../vocabulary/numbers.ts";
import type { Check } from "../../vocabulary/place.ts";
import { absent, exactlyOneOf, isUnset, required } from "../../vocabulary/presence.ts";
import { format, numberOf, oneOf } from "../../vocabulary/text.ts";

const headerName = format("the name of an HTTP header", "Use letters, digits and -, as in X-Header-Name.", (text) =>
  /^[-A-Za-z0-9]+$/.test(text),
);

/** The port of a handler. */
const calledPort = absentIsZero(portNumberOrName);

/** A sleep before the container stops, no longer than the grace period (`validateSleepAction`). */
function sleep(least: number): Check {
  return (value, at) => {
    if (!isObject(value)) return;
    const { seconds } = value;
    const given = numberOf(at.closest("core.v1.PodSpec")?.terminationGracePeriodSeconds, 30);
    // A negative value is raised to 1 in Pods, but not in templates (`Convert_v1_Pod_To_core_Pod`).
    const grace = at.kind === "Pod" && given < 0 ? 1 : given;
    if (!isNumber(seconds) && !isUnset(seconds)) return;
    if (numberOf(seconds) >= least && numberOf(seconds) <= grace) return;
    at.under("seconds", () => {
      const help = "Shorten the sleep or raise terminationGracePeriodSeconds.";
      at.invalid(`is ${numberOf(seconds)}; it must be from ${least} to the pod's grace period, ${grace} s`, help);
    });
  };
}

const onceMeansSuccess: Check = (value, at) => {
  if (isNumber(value) && Number(value) > 1)
    at.invalid(`is ${value}; it must be 1 for this probe`, "Remove it or set it to 1.");
};

/** Liveness and startup probes need exactly one success (`validateLivenessProbe`). */
export const livenessOrStartupProbe = { successThreshold: onceMeansSuccess };

/** A readiness probe does not stop containers (`validateReadinessProbe`). */
export const readinessProbe = {
  terminationGracePeriodSeconds: absent("in a readiness probe, which does not stop containers"),
};

/** https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/ */
export const probe: TypeDemands = {
  "core.v1.Probe": rule("apply/probe", [
    exactlyOneOf("exec", "httpGet", "tcpSocket", "grpc"),
    {
      initialDelaySeconds: nonNegative,
      timeoutSeconds: nonNegative,
      periodSeconds: nonNegative,
      successThreshold: nonNegative,
      failureThreshold: nonNegative,
      terminationGracePeriodSeconds: positive,
    },
  ]),
  "core.v1.LifecycleHandler": rule("apply/probe", [
    exactlyOneOf("exec", "httpGet", "tcpSocket", "sleep"),
    { sleep: [upTo("1.32", sleep(1)), from("1.33", sleep(0))] },
  ]),
  "core.v1.ExecAction": rule("apply/probe", { command: required }),
  "core.v1.HTTPGetAction": rule("apply/probe", {
    port: calledPort,
    scheme: oneOf("HTTP", "HTTPS"),
    httpHeaders: each({ name: [required, headerName] }),
  }),
  "core.v1.TCPSocketAction": rule("apply/probe", { port: calledPort }),
  "core.v1.GRPCAction": rule("apply/probe", { port: absentIsZero(portNumber) }),
};
