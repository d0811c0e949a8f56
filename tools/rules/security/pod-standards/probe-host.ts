import { stringAt } from "../../../core/json.ts";
import { containersOf } from "../../../core/pod.ts";
import { handlersOf } from "../../lib/handlers.ts";
import type { Control } from "./control.ts";

/** With hostNetwork, this is the pod itself; otherwise it is the node, where perhaps nothing listens. */
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** `hostProbesAndHostLifecycleV1Dot34` in k8s.io/pod-security-admission/policy. */
export const probeHost: Control = {
  id: "security/probe-host",
  level: "baseline",
  reason: "probe or lifecycle host",
  why: "The kubelet calls the host of a probe from the node, so a pod can make it reach what the pod itself cannot. Rejected since 1.34.",
  fix: "Remove host: the kubelet then calls the pod itself.",
  *check(pod, minor) {
    if (minor < 34) return;
    for (const container of containersOf(pod)) {
      for (const { object, pointer } of handlersOf(container)) {
        const host = stringAt(object, "host") ?? "";
        if (host === "") continue;
        const message = `makes the kubelet call ${host} for container ${container.name}`;
        yield { pointer: `${pointer}/host`, message, isRight: pod.spec.hostNetwork === true && loopback.test(host) };
      }
    }
  },
};
