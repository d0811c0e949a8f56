import { isObject } from "../../core/json.ts";
import { type Demand, each, from, onObject, rule, type TypeDemands, upTo, when } from "../../vocabulary/demand.ts";
import { stringsIn, uniqueBy } from "../../vocabulary/lists.ts";
import { isSubdomain } from "../../vocabulary/names.ts";
import { range } from "../../vocabulary/numbers.ts";
import { descendingPath } from "../../vocabulary/paths.ts";
import type { Check } from "../../vocabulary/place.ts";
import { absent, isUnset, required } from "../../vocabulary/presence.ts";
import { byteLength, evenEmpty, exactlyOneWordOf, format, oneOf, textOf, trimSpace } from "../../vocabulary/text.ts";

/** The ID of a user or a group. */
const id = range(0, 0x7fffffff);

const profileTypes = oneOf("Localhost", "RuntimeDefault", "Unconfined");
const onlyLocalhost = when(({ type }) => type !== "Localhost", absent("unless type is Localhost"));

/** A Localhost profile must have a name. */
const namedWhenLocalhost: Check = (value, at) => {
  if (at.parent.type === "Localhost" && value === undefined) at.required("when type is Localhost");
};

const appArmorProfileName: Check = (value, at) => {
  if (typeof value !== "string" || at.parent.type !== "Localhost") return;
  if (trimSpace(value) !== value)
    at.invalid(`is ${at.show(value)}, which has leading or trailing white space`, "Remove the white space.");
  else if (value === "") at.required("when type is Localhost");
  if (byteLength(value) > 4095) at.tooLong(4095, "bytes");
};

const sysctl = format(
  "the name of a sysctl",
  "Use a name such as net.core.somaxconn.",
  (text) => text.length <= 253 && /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/.test(text),
);

/** A sysctl of a namespace shared with the node would change the node (`ValidateHostSysctl`). */
const ownNamespace: Check = (value, at) => {
  const spec = at.closest("core.v1.PodSpec");
  const name = textOf(value).replaceAll("/", ".");
  const shared = (flag: string) =>
    at.invalid(`is ${at.show(value)}, which would change the node: ${flag} is true`, remove);
  if (spec?.hostNetwork === true && name.startsWith("net.")) shared("hostNetwork");
  else if (spec?.hostIPC === true && /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/.test(name)) shared("hostIPC");
};

const remove = "Remove the sysctl or stop sharing the namespace.";

/** `DOMAIN\user` of Windows (`validateWindowsSecurityContextOptions`). */
const windowsUser = format(
  "the name of a Windows user",
  "Use user or DOMAIN\\user; a domain may have at most 255 bytes, a user at most 104.",
  (text) => {
    const parts = text.split("\\");
    const user = parts.at(-1) ?? "";
    if (parts.length > 2 || hasControlCharacters(text)) return false;
    const domain = parts.length === 2 ? (parts[0] ?? "") : undefined;
    return isWindowsUser(user) && (domain === undefined || isWindowsDomain(domain));
  },
);

function hasControlCharacters(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\x7f");
}

function isWindowsUser(user: string): boolean {
  return user.length > 0 && byteLength(user) <= 104 && !/^[. ]+$/.test(user) && !/["/\\:;|=,+*?<>@[\]]/.test(user);
}

function isWindowsDomain(domain: string): boolean {
  const isNetBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/u.test(domain);
  return byteLength(domain) < 256 && (isNetBios || /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/i.test(domain));
}

/** allowPrivilegeEscalation: false contradicts privileged: true and CAP_SYS_ADMIN (`ValidateSecurityContext`). */
const escalation = onObject((object, at) => {
  const { allowPrivilegeEscalation, privileged, capabilities } = object;
  if (allowPrivilegeEscalation !== false) return;
  const because = (what: string) =>
    at.under("allowPrivilegeEscalation", () => at.invalid(`is false, but ${what}`, "Set it to true or remove it."));
  if (privileged === true) because("privileged is true");
  if (isObject(capabilities) && stringsIn(capabilities.add).includes("CAP_SYS_ADMIN"))
    because("CAP_SYS_ADMIN is added");
});

/** An unmasked /proc needs a pod with its own user namespace. */
const unmaskedProc: Check = (value, at) => {
  if (value === "Unmasked" && at.closest("core.v1.PodSpec")?.hostUsers !== false) {
    at.invalid("is Unmasked, but the pod's hostUsers is not false", "Set hostUsers: false or procMount: Default.");
  }
};

/** MountOption requires SELinuxMount, which is on by default from 1.37 on (`validateSELinuxChangePolicy`). */
const changePolicy: Demand = [
  from("1.33", upTo("1.36", exactlyOneWordOf("Recursive"))),
  from("1.37", exactlyOneWordOf("Recursive", "MountOption")),
];

/** https://kubernetes.io/docs/tasks/configure-pod-container/security-context/ */
export const securityContext: TypeDemands = {
  "core.v1.SecurityContext": rule("apply/security-context", [
    escalation,
    {
      runAsUser: id,
      runAsGroup: id,
      procMount: [exactlyOneWordOf("Default", "Unmasked"), from("1.33", unmaskedProc)],
    },
  ]),
  "core.v1.PodSecurityContext": rule("apply/security-context", {
    fsGroup: id,
    runAsUser: id,
    runAsGroup: id,
    supplementalGroups: each(id),
    sysctls: [uniqueBy("name"), each({ name: [required, sysctl, ownNamespace] })],
    fsGroupChangePolicy: exactlyOneWordOf("OnRootMismatch", "Always"),
    supplementalGroupsPolicy: from("1.33", exactlyOneWordOf("Merge", "Strict")),
    seLinuxChangePolicy: changePolicy,
  }),
  "core.v1.SeccompProfile": rule("apply/security-context", {
    type: [required, profileTypes],
    localhostProfile: [namedWhenLocalhost, onlyLocalhost, descendingPath],
  }),
  "core.v1.AppArmorProfile": rule("apply/security-context", {
    type: [required, profileTypes],
    localhostProfile: [namedWhenLocalhost, onlyLocalhost, appArmorProfileName],
  }),
  "core.v1.WindowsSecurityContextOptions": rule("apply/security-context", {
    gmsaCredentialSpecName: evenEmpty(format("a DNS name", "Use lowercase letters, digits, - and dots.", isSubdomain)),
    gmsaCredentialSpec: evenEmpty(
      format(
        "a credential spec of 1 byte to 64 KiB",
        "Set it to a credential spec of at most 64 KiB.",
        (text) => text !== "" && byteLength(text) <= 65536,
      ),
    ),
    runAsUserName: evenEmpty(windowsUser),
  }),
};

const podOnLinuxOnly = [
  ..."appArmorProfile seLinuxOptions seccompProfile fsGroup fsGroupChangePolicy sysctls runAsUser runAsGroup".split(
    " ",
  ),
  ..."supplementalGroups supplementalGroupsPolicy seLinuxChangePolicy".split(" "),
];
const containerOnLinuxOnly = [
  ..."appArmorProfile seLinuxOptions seccompProfile capabilities readOnlyRootFilesystem privileged".split(" "),
  ..."allowPrivilegeEscalation procMount runAsUser runAsGroup".split(" "),
];

/** Fields that Windows pods or Linux pods cannot have (`validateWindows`, `validateLinux`). */
export const fitsOs = onObject((spec, at) => {
  const os = isObject(spec.os) ? spec.os.name : undefined;
  if (os !== "windows" && os !== "linux") return;
  const pod = os === "windows" ? podOnLinuxOnly : ["windowsOptions"];
  const container = os === "windows" ? containerOnLinuxOnly : ["windowsOptions"];
  without(["securityContext"], pod, spec.securityContext, os, at);
  if (os === "windows") without([], ["hostUsers", "hostPID", "hostIPC", "shareProcessNamespace"], spec, os, at);
  for (const list of ["containers", "initContainers", "ephemeralContainers"]) {
    const elements = spec[list];
    if (!Array.isArray(elements)) continue;
    elements.forEach((element, index) => {
      const context = isObject(element) ? element.securityContext : undefined;
      without([list, index, "securityContext"], container, context, os, at);
    });
  }
});

function without(
  path: readonly (string | number)[],
  fields: readonly string[],
  holder: unknown,
  os: string,
  at: Parameters<Check>[1],
): void {
  if (!isObject(holder)) return;
  for (const field of fields) {
    const isFlag = field === "hostPID" || field === "hostIPC";
    const isSet = isFlag || field === "sysctls" ? !isUnset(holder[field]) : (holder[field] ?? undefined) !== undefined;
    const refuse = () => at.forbidden(`in a ${os === "windows" ? "Windows" : "Linux"} pod`);
    if (isSet) at.beneath([...path, field], refuse);
  }
}

/**
 * HostProcess must apply to all containers of a pod or none, and needs hostNetwork (`validateWindowsHostProcessPod`).
 */
export const hostProcess = onObject((spec, at) => {
  const ofPod = hostProcessIn(spec);
  const all = ["containers", "initContainers", "ephemeralContainers"].flatMap((list) =>
    (Array.isArray(spec[list]) ? spec[list] : []).map((element, index) => ({
      list,
      index,
      own: hostProcessIn(element),
    })),
  );
  const effective = all.filter(({ own }) => own ?? ofPod);
  for (const { list, index, own } of all) {
    if (own === undefined || ofPod === undefined || own === ofPod) continue;
    const path = [list, index, "securityContext", "windowsOptions", "hostProcess"];
    at.beneath(path, () =>
      at.invalid(`is ${own}, but the pod's is ${ofPod}`, "Set both to the same value or only one of them."),
    );
  }
  if (effective.length === 0) return;
  if (effective.length !== all.length)
    at.invalid("mixes hostProcess containers with others", "Set hostProcess on all containers or none.");
  if (spec.hostNetwork !== true) {
    at.under("hostNetwork", () => at.invalid("must be true with hostProcess containers", "Set hostNetwork: true."));
  }
});

function hostProcessIn(holder: unknown): boolean | undefined {
  const context = isObject(holder) ? holder.securityContext : undefined;
  const windows = isObject(context) ? context.windowsOptions : undefined;
  return isObject(windows) && typeof windows.hostProcess === "boolean" ? windows.hostProcess : undefined;
}
