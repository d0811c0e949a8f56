import { containersOf, type Pod } from "../../../core/pod.ts";
import { type Control, type Fault, hasOwnUsers, settingIn } from "./control.ts";

const why = "An unmasked /proc shows a container what is normally hidden from it, and lets it write there.";
const fix = "Remove procMount.";

/** `procMount_1_0` and `procMount1_35baseline` in k8s.io/pod-security-admission/policy. */
export const procMount: Control = {
  id: "security/proc-mount",
  level: "baseline",
  reason: "procMount",
  why,
  fix,
  check: (pod, minor) => (hasOwnUsers(pod, minor) ? [] : unmasked(pod)),
};

/** At level restricted, a user namespace does not help: `CheckProcMountRestricted`, from 1.35 on. */
export const procMountRestricted: Control = {
  id: "security/proc-mount-restricted",
  level: "restricted",
  reason: "procMount",
  why,
  fix,
  overrides: procMount,
  check: (pod, minor) => (minor >= 35 ? unmasked(pod) : procMount.check(pod, minor)),
};

function* unmasked(pod: Pod): Generator<Fault> {
  for (const container of containersOf(pod)) {
    const setting = settingIn(container);
    const mount = setting?.object.procMount ?? "Default";
    if (setting === undefined || mount === "Default") continue;
    yield { pointer: `${setting.pointer}/procMount`, message: `mounts /proc ${mount} in container ${container.name}` };
  }
}
