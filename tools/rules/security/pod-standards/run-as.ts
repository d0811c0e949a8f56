import { containersOf } from "../../../core/pod.ts";
import { type Control, hasOwnUsers, inWords, placeIn, settingIn, settingsOf } from "./control.ts";

/** `runAsNonRoot1_0` and `1_35` in k8s.io/pod-security-admission/policy. */
export const runAsNonRoot: Control = {
  id: "security/run-as-non-root",
  level: "restricted",
  reason: "runAsNonRoot != true",
  why: "Root in a container is root on the node as soon as any other protection fails.",
  fix: "Set securityContext.runAsNonRoot: true for the pod, and use an image or a runAsUser that is not root.",
  *check(pod, minor) {
    if (hasOwnUsers(pod, minor)) return;
    const settings = settingsOf(pod);
    for (const { of, pointer, object } of settings) {
      if (object.runAsNonRoot !== false) continue;
      yield { pointer: `${pointer}/runAsNonRoot`, message: `may run as root ${inWords(of)}` };
    }
    if (settings.some(({ of, object }) => of === undefined && object.runAsNonRoot === true)) return;
    for (const container of containersOf(pod)) {
      if ((settingIn(container)?.object.runAsNonRoot ?? null) !== null) continue;
      yield {
        pointer: placeIn(container),
        message: `does not require container ${container.name} to run as non-root`,
      };
    }
  },
};

/** `runAsUser1_23` and `1_35` in k8s.io/pod-security-admission/policy. */
export const runAsUser: Control = {
  id: "security/run-as-user",
  level: "restricted",
  reason: "runAsUser=0",
  why: "User 0 is root, whatever the image says.",
  fix: "Use another number.",
  *check(pod, minor) {
    if (hasOwnUsers(pod, minor)) return;
    for (const { of, pointer, object } of settingsOf(pod)) {
      if (object.runAsUser !== 0) continue;
      yield { pointer: `${pointer}/runAsUser`, message: `runs as user 0 ${inWords(of)}` };
    }
  },
};
