import { isObject, listAt } from "../../../core/json.ts";
import { containersOf } from "../../../core/pod.ts";
import type { Control } from "./control.ts";

/** With hostNetwork, every container port is a port of the node. */
const help =
  "Remove hostNetwork (and hostPort) and reach the pod through a Service; if the pod must work on the node itself (an agent), label the namespace as privileged.";

/** `hostPorts_1_0` in k8s.io/pod-security-admission/policy, after `defaultHostNetworkPorts` in k8s.io/kubernetes/pkg/apis/core/v1. */
export const hostPorts: Control = {
  id: "security/host-ports",
  level: "baseline",
  reason: "hostPort",
  why: "A host port bypasses Services and network policies, and only one pod on each node can use it.",
  fix: "Remove hostPort and reach the pod through a Service.",
  *check(pod) {
    const isShared = pod.spec.hostNetwork === true;
    for (const { list, object, pointer, name } of containersOf(pod)) {
      for (const [index, port] of listAt(object, "ports").entries()) {
        if (!isObject(port)) continue;
        const { hostPort = 0, containerPort = 0 } = port;
        if (hostPort !== 0) {
          const message = `uses port ${hostPort} of its node for container ${name}`;
          yield { pointer: `${pointer}/ports/${index}/hostPort`, message, ...(isShared && { help }) };
        } else if (isShared && list !== "ephemeralContainers" && containerPort !== 0) {
          const message = `uses port ${containerPort} of its node, because it shares the node's network`;
          yield { pointer: `${pod.specPointer}/hostNetwork`, message, help };
        }
      }
    }
  },
};
