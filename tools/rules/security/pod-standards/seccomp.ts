import { objectAt } from "../../../core/json.ts";
import { containersOf, type Pod } from "../../../core/pod.ts";
import {
  type Control,
  type Fault,
  inWords,
  isWindows,
  placeIn,
  type Setting,
  settingIn,
  settingsOf,
} from "./control.ts";

/** `seccompProfileBaseline_1_19` in k8s.io/pod-security-admission/policy. */
export const seccomp: Control = {
  id: "security/seccomp",
  level: "baseline",
  reason: "seccompProfile",
  why: "Unconfined leaves every system call of the kernel open to a compromised container.",
  fix: "Use the profile RuntimeDefault, or Localhost with a profile of the node.",
  check: (pod) => unconfined(pod),
};

/** `seccompProfileRestricted_1_19` and `_1_25` in k8s.io/pod-security-admission/policy. */
export const seccompRestricted: Control = {
  id: "security/seccomp-restricted",
  level: "restricted",
  reason: "seccompProfile",
  why: "Without a seccomp profile, most nodes allow a container every system call of the kernel.",
  fix: "Set securityContext.seccompProfile: { type: RuntimeDefault } for the pod.",
  overrides: seccomp,
  *check(pod, minor) {
    if (minor >= 25 && isWindows(pod)) return;
    yield* unconfined(pod);
    if (isConfined(settingsOf(pod).find(({ of }) => of === undefined))) return;
    for (const container of containersOf(pod)) {
      if (profileOf(settingIn(container)) !== undefined) continue;
      yield { pointer: placeIn(container), message: `sets no seccomp profile for container ${container.name}` };
    }
  },
};

function* unconfined(pod: Pod): Generator<Fault> {
  for (const setting of settingsOf(pod)) {
    const profile = profileOf(setting);
    if (profile === undefined || isConfined(setting)) continue;
    const message = `uses seccomp profile ${profile.type} ${inWords(setting.of)}`;
    yield { pointer: `${setting.pointer}/seccompProfile/type`, message };
  }
}

function isConfined(setting: Setting | undefined): boolean {
  return ["RuntimeDefault", "Localhost"].includes(String(profileOf(setting)?.type));
}

function profileOf(setting: Setting | undefined) {
  return objectAt(setting?.object, "seccompProfile");
}
