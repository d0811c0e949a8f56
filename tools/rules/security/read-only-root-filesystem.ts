import { objectAt } from "../../core/json.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { containersIn, inWords, placeIn, placeOf } from "../lib/containers.ts";
import { isWindows } from "./pod-standards/control.ts";

export const readOnlyRootFilesystem = definePolicy({
  id: "security/read-only-root-filesystem",
  severity: "warning",
  why: "If a container can write to its root filesystem, an attacker can add programs there and change those that run. https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
  fix: "Set securityContext.readOnlyRootFilesystem: true, and mount an emptyDir where the program has to write, such as /tmp.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    const pod = podOf(resource);
    if (pod === undefined || isWindows(pod)) return;
    for (const container of containersIn(resource)) {
      const settings = objectAt(container.object, "securityContext");
      if (settings?.readOnlyRootFilesystem === true) continue;
      const place = placeOf(container, "securityContext");
      const pointer = settings === undefined ? place : placeIn(place, settings, "readOnlyRootFilesystem");
      yield { pointer, message: `${inWords(container, resource)} can write to its root filesystem` };
    }
  },
});
