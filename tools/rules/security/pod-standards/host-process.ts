import { objectAt } from "../../../core/json.ts";
import { type Control, inWords, settingsOf } from "./control.ts";

/** `windowsHostProcess_1_0` in k8s.io/pod-security-admission/policy. */
export const hostProcess: Control = {
  id: "security/host-process",
  level: "baseline",
  reason: "hostProcess",
  why: "A HostProcess container on Windows has full access to the node: it is a container in name only.",
  fix: "Remove windowsOptions.hostProcess, or run it in a namespace that is labelled as privileged.",
  *check(pod) {
    for (const { of, pointer, object } of settingsOf(pod)) {
      if (objectAt(object, "windowsOptions")?.hostProcess !== true) continue;
      yield { pointer: `${pointer}/windowsOptions/hostProcess`, message: `sets hostProcess ${inWords(of)}` };
    }
  },
};
