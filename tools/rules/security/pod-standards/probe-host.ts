import { objectAt, stringAt } from "../../../core/json.ts";
import { containersOf } from "../../../core/pod.ts";
import type { Control } from "./control.ts";

const places = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle/postStart", "lifecycle/preStop"];
const handlers = ["httpGet", "tcpSocket"];

/** `hostProbesAndHostLifecycleV1Dot34` in k8s.io/pod-security-admission/policy. */
export const probeHost: Control = {
  id: "security/probe-host",
  level: "baseline",
  reason: "probe or lifecycle host",
  why: "The kubelet calls the host that a probe names, from the node: a pod can make it call what the pod itself cannot reach. Refused since 1.34.",
  fix: "Remove host: the pod itself is asked then.",
  *check(pod, minor) {
    if (minor < 34) return;
    for (const { object, pointer, name } of containersOf(pod)) {
      for (const place of places) {
        const probe = place.split("/").reduce<typeof object | undefined>(objectAt, object);
        for (const handler of handlers) {
          const host = stringAt(objectAt(probe, handler), "host") ?? "";
          if (host === "") continue;
          const message = `makes the kubelet call ${host} for container ${name}`;
          yield { pointer: `${pointer}/${place}/${handler}/host`, message };
        }
      }
    }
  },
};
