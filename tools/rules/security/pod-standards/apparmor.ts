import { objectAt, stringAt } from "../../../core/json.ts";
import { join } from "../../../core/pointer.ts";
import { type Control, inWords, settingsOf } from "./control.ts";

const prefix = "container.apparmor.security.beta.kubernetes.io/";

/** `appArmorProfile_1_0` in k8s.io/pod-security-admission/policy. */
export const apparmor: Control = {
  id: "security/apparmor",
  level: "baseline",
  reason: "forbidden AppArmor profile",
  why: "Without an AppArmor profile, a container can do what the profile is meant to prevent.",
  fix: "Use the profile RuntimeDefault, or Localhost with a profile of the node.",
  *check(pod) {
    for (const { of, pointer, object } of settingsOf(pod)) {
      const profile = objectAt(object, "appArmorProfile");
      if (profile === undefined || ["RuntimeDefault", "Localhost"].includes(String(profile.type))) continue;
      yield {
        pointer: `${pointer}/appArmorProfile/type`,
        message: `uses AppArmor profile ${profile.type} ${inWords(of)}`,
      };
    }
    for (const [key, value] of Object.entries(pod.annotations)) {
      if (!key.startsWith(prefix) || typeof value !== "string") continue;
      if (value === "" || value === "runtime/default" || value.startsWith("localhost/")) continue;
      const container = key.slice(prefix.length);
      const pointer = join(`${pod.pointer}/metadata/annotations`, key);
      yield { pointer, message: `uses AppArmor profile ${stringAt(pod.annotations, key)} in container ${container}` };
    }
  },
};
