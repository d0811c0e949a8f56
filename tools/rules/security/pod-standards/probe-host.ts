import { stringAt } from "../../../core/json.ts";
import { containersOf } from "../../../core/pod.ts";
import { handlersOf } from "../../lib/handlers.ts";
import type { Control } from "./control.ts";

/** On the node's network that is the pod itself; without it, the kubelet asks the node's address, where nobody may listen. */
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** `hostProbesAndHostLifecycleV1Dot34` in k8s.io/pod-security-admission/policy. */
export const probeHost: Control = {
  id: "security/probe-host",
  level: "baseline",
  reason: "probe or lifecycle host",
  why: "The kubelet calls the host that a probe names, from the node: a pod can make it call what the pod itself cannot reach. Refused since 1.34.",
  fix: "Remove host: the pod itself is asked then.",
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
