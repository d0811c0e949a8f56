import { containersOf } from "../../../core/pod.ts";
import { type Control, settingIn } from "./control.ts";

/** `privileged_1_0` in k8s.io/pod-security-admission/policy. */
export const privileged: Control = {
  id: "security/privileged",
  level: "baseline",
  reason: "privileged",
  why: "A privileged container is root on its node: every device, every capability, no profile.",
  fix: "Remove privileged, and add only the capability that is needed.",
  *check(pod) {
    for (const container of containersOf(pod)) {
      const setting = settingIn(container);
      if (setting?.object.privileged !== true) continue;
      yield { pointer: `${setting.pointer}/privileged`, message: `runs container ${container.name} privileged` };
    }
  },
};
