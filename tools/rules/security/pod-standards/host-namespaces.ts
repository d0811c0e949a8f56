import type { Control } from "./control.ts";

const fields = ["hostNetwork", "hostPID", "hostIPC"];

/** `hostNamespaces_1_0` in k8s.io/pod-security-admission/policy. */
export const hostNamespaces: Control = {
  id: "security/host-namespaces",
  level: "baseline",
  reason: "host namespaces",
  why: "A pod that shares a namespace of its node can see and reach what runs there: processes, loopback interface, traffic.",
  fix: "Remove the field; if the pod must work on the node itself (an agent), label the namespace as privileged.",
  *check({ spec, specPointer }) {
    for (const field of fields) {
      if (spec[field] === true) yield { pointer: `${specPointer}/${field}`, message: `shares the node's ${field}` };
    }
  },
};
