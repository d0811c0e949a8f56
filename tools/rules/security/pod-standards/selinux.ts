import { objectAt, stringAt } from "../../../core/json.ts";
import { type Control, inWords, settingsOf } from "./control.ts";

const types = ["", "container_t", "container_init_t", "container_kvm_t"];

/** `seLinuxOptions1_0` and `1_31` in k8s.io/pod-security-admission/policy. */
export const selinux: Control = {
  id: "security/selinux",
  level: "baseline",
  reason: "seLinuxOptions",
  why: "A custom SELinux user, role or type can free a container from the confinement of SELinux.",
  fix: "Remove user and role, and use the type container_t, container_init_t, container_kvm_t, or container_engine_t from 1.31 on.",
  *check(pod, minor) {
    for (const { of, pointer, object } of settingsOf(pod)) {
      const options = objectAt(object, "seLinuxOptions");
      if (options === undefined) continue;
      for (const field of ["type", "user", "role"]) {
        const value = stringAt(options, field) ?? "";
        const isAllowed =
          value === "" ||
          (field === "type" && (types.includes(value) || (minor >= 31 && value === "container_engine_t")));
        if (isAllowed) continue;
        yield {
          pointer: `${pointer}/seLinuxOptions/${field}`,
          message: `uses SELinux ${field} ${value} ${inWords(of)}`,
        };
      }
    }
  },
};
