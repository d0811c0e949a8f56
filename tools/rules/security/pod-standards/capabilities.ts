import { listAt, objectAt } from "../../../core/json.ts";
import { type Container, containersOf, type Pod } from "../../../core/pod.ts";
import { type Control, type Fault, isWindows, placeIn, settingIn } from "./control.ts";

/** The capabilities that container runtimes grant by default. */
const usual = new Set(
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(
    " ",
  ),
);

/** `capabilitiesBaseline_1_0` in k8s.io/pod-security-admission/policy. */
export const capabilities: Control = {
  id: "security/capabilities",
  level: "baseline",
  reason: "non-default capabilities",
  why: "A capability beyond the default ones is a way to the node: SYS_ADMIN is nearly root, NET_ADMIN can rewrite its network.",
  fix: "Remove it from capabilities.add.",
  check: (pod) => added(pod, (name) => usual.has(name)),
};

/** `capabilitiesRestricted_1_22` and `_1_25` in k8s.io/pod-security-admission/policy. */
export const capabilitiesRestricted: Control = {
  id: "security/capabilities-restricted",
  level: "restricted",
  reason: "unrestricted capabilities",
  why: "The power of root in a container comes from capabilities, and few programs need any.",
  fix: 'Set securityContext.capabilities.drop: ["ALL"], and add NET_BIND_SERVICE at most.',
  overrides: capabilities,
  *check(pod, minor) {
    if (minor >= 25 && isWindows(pod)) return;
    for (const container of containersOf(pod)) {
      if (capabilitiesOf(container, "drop").includes("ALL")) continue;
      yield { pointer: placeIn(container), message: `does not drop all capabilities in container ${container.name}` };
    }
    yield* added(pod, (name) => name === "NET_BIND_SERVICE");
  },
};

function* added(pod: Pod, isAllowed: (name: string) => boolean): Generator<Fault> {
  for (const container of containersOf(pod)) {
    for (const [index, name] of capabilitiesOf(container, "add").entries()) {
      if (isAllowed(name)) continue;
      const pointer = `${container.pointer}/securityContext/capabilities/add/${index}`;
      yield { pointer, message: `adds capability ${name} to container ${container.name}` };
    }
  }
}

function capabilitiesOf(container: Container, list: "add" | "drop"): string[] {
  return listAt(objectAt(settingIn(container)?.object, "capabilities"), list).map(String);
}
