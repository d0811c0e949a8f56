import type { Control } from "./control.ts";

const fields = ["hostNetwork", "hostPID", "hostIPC"];

/** `hostNamespaces_1_0` in k8s.io/pod-security-admission/policy. */
export const hostNamespaces: Control = {
  id: "security/host-namespaces",
  level: "baseline",
  reason: "host namespaces",
  why: "A pod in a namespace of its node sees and reaches what runs there: its processes, its loopback, its traffic.",
  fix: "Remove the field; where the node itself is the matter (an agent), label the namespace as privileged.",
  *check({ spec, specPointer }) {
    for (const field of fields) {
      if (spec[field] === true) yield { pointer: `${specPointer}/${field}`, message: `shares the node's ${field}` };
    }
  },
};
