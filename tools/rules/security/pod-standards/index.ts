import { apparmor } from "./apparmor.ts";
import { capabilities, capabilitiesRestricted } from "./capabilities.ts";
import { type Control, ruleOf } from "./control.ts";
import { hostNamespaces } from "./host-namespaces.ts";
import { hostPorts } from "./host-ports.ts";
import { hostProcess } from "./host-process.ts";
import { privilegeEscalation } from "./privilege-escalation.ts";
import { privileged } from "./privileged.ts";
import { probeHost } from "./probe-host.ts";
import { procMount, procMountRestricted } from "./proc-mount.ts";
import { runAsNonRoot, runAsUser } from "./run-as.ts";
import { seccomp, seccompRestricted } from "./seccomp.ts";
import { selinux } from "./selinux.ts";
import { sysctls } from "./sysctls.ts";
import { hostPath, volumeTypes } from "./volumes.ts";

/** Every control of the Pod Security Standards, as in the admission plugin of Kubernetes. */
export const controls: readonly Control[] = [
  hostProcess,
  hostNamespaces,
  privileged,
  capabilities,
  hostPath,
  hostPorts,
  probeHost,
  apparmor,
  selinux,
  procMount,
  seccomp,
  sysctls,
  volumeTypes,
  privilegeEscalation,
  runAsNonRoot,
  runAsUser,
  seccompRestricted,
  capabilitiesRestricted,
  procMountRestricted,
];

/** The rules of all controls. */
export const podStandards = controls.map(ruleOf);
