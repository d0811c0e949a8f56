import { objectAt } from "../../../core/json.ts";
import { type Control, inWords, settingsOf } from "./control.ts";

/** `windowsHostProcess_1_0` in k8s.io/pod-security-admission/policy. */
export const hostProcess: Control = {
  id: "security/host-process",
  level: "baseline",
  reason: "hostProcess",
  why: "A HostProcess container of Windows has the node: it is no container but in name.",
  fix: "Remove windowsOptions.hostProcess, or run it in a namespace that is privileged by its label.",
  *check(pod) {
    for (const { of, pointer, object } of settingsOf(pod)) {
      if (objectAt(object, "windowsOptions")?.hostProcess !== true) continue;
      yield { pointer: `${pointer}/windowsOptions/hostProcess`, message: `sets hostProcess ${inWords(of)}` };
    }
  },
};
