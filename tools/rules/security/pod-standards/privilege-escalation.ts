import { containersOf } from "../../../core/pod.ts";
import { type Control, isWindows, placeIn, settingIn } from "./control.ts";

/** `allowPrivilegeEscalation_1_8` and `_1_25` in k8s.io/pod-security-admission/policy. */
export const privilegeEscalation: Control = {
  id: "security/privilege-escalation",
  level: "restricted",
  reason: "allowPrivilegeEscalation != false",
  why: "Unless this is false, a setuid program in the image can turn any user into root.",
  fix: "Set securityContext.allowPrivilegeEscalation: false for each container.",
  *check(pod, minor) {
    if (minor >= 25 && isWindows(pod)) return;
    for (const container of containersOf(pod)) {
      const setting = settingIn(container);
      if (setting?.object.allowPrivilegeEscalation === false) continue;
      const isWritten = setting?.object.allowPrivilegeEscalation === true;
      const pointer = isWritten ? `${setting.pointer}/allowPrivilegeEscalation` : placeIn(container);
      yield { pointer, message: `lets container ${container.name} gain privileges` };
    }
  },
};
