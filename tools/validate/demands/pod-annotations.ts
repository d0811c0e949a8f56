import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { onObject } from "../../vocabulary/demand.ts";
import { objectsIn } from "../../vocabulary/lists.ts";
import { descendingPath } from "../../vocabulary/paths.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { textOf, trimSpace } from "../../vocabulary/text.ts";

const appArmor = "container.apparmor.security.beta.kubernetes.io/";
const seccompOfPod = "seccomp.security.alpha.kubernetes.io/pod";
const seccomp = "container.seccomp.security.alpha.kubernetes.io/";

/**
 * Checks the pod annotations that the API server reads, some of which are predecessors of fields
 * (`ValidatePodSpecificAnnotations`). https://kubernetes.io/docs/reference/labels-annotations-taints/
 */
export const podAnnotations: Check = onObject(({ metadata, spec }, at) => {
  const annotations = isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : {};
  for (const [key, value] of Object.entries(annotations)) {
    const check = checkOf(key);
    if (check !== undefined && typeof value === "string" && isObject(spec))
      at.beneath(["metadata", "annotations", key], () => check(value, spec, at, key));
  }
  if (isObject(spec)) fieldsAgree(annotations, spec, at);
});

type AnnotationCheck = (value: string, spec: JsonObject, at: Place, key: string) => void;

function checkOf(key: string): AnnotationCheck | undefined {
  if (key.startsWith(appArmor)) return profileOfContainer;
  if (key === seccompOfPod || key.startsWith(seccomp)) return seccompProfile;
  return Object.hasOwn(byName, key) ? byName[key] : undefined;
}

const byName: Readonly<Record<string, AnnotationCheck>> = {
  "controller.kubernetes.io/pod-deletion-cost": (value, _, at) => {
    const isInteger = /^(?:0|-?\d+)$/.test(value) && !/^0\d/.test(value) && Math.abs(Number(value) + 0.5) <= 2 ** 31;
    if (!isInteger) at.invalid(`is ${at.show(value)}, which is not a 32-bit integer`, "Use a number such as 100.");
  },
  "kubernetes.io/config.mirror": (_, { nodeName }, at) => {
    if (isUnset(nodeName))
      at.invalid("is set without spec.nodeName", "Remove it: the kubelet marks its own mirror pods.");
  },
};

const profileOfContainer: AnnotationCheck = (value, spec, at, key) => {
  const name = key.slice(appArmor.length);
  if (!containersIn(spec).some(({ container }) => container.name === name))
    at.invalid(`is for container ${at.show(name)}, which the pod does not have`, "Name a container of the pod.");
  if (!/^(?:|runtime\/default|unconfined|localhost\/.*)$/s.test(value))
    at.invalid(`is ${at.show(value)}, which is not a profile`, "Use runtime/default, unconfined or localhost/NAME.");
};

const seccompProfile: AnnotationCheck = (value, _, at) => {
  if (["runtime/default", "docker/default", "unconfined"].includes(value)) return;
  const local = /^localhost\/(.*)$/s.exec(value)?.[1];
  if (local === undefined)
    at.invalid(`is ${at.show(value)}, which is not a profile`, "Use securityContext.seccompProfile.");
  else descendingPath(local, at);
};

/** All init, regular and ephemeral containers of a pod, with their paths in it. */
export function containersIn(
  spec: JsonObject,
): { readonly path: readonly (string | number)[]; readonly container: JsonObject }[] {
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((list) =>
    objectsIn(spec[list]).map((container, index) => ({ path: ["spec", list, index], container })),
  );
}

/** `validateAppArmorAnnotationsAndFieldsMatchOnCreate`, `validateSeccompAnnotationsAndFields` */
function fieldsAgree(annotations: JsonObject, spec: JsonObject, at: Place): void {
  seccompAgrees(annotations[seccompOfPod], spec, ["spec"], at);
  for (const { path, container } of containersIn(spec)) {
    const name = textOf(container.name);
    const annotation = annotations[appArmor + name];
    const own = profileOf(container, "appArmorProfile");
    const isSet = at.kind === "Pod" && own === undefined && becomesField(annotation);
    const profile = isOfWindows(spec) || isSet ? undefined : (own ?? profileOf(spec, "appArmorProfile"));
    const other = differing(annotation, profile, ["runtime/default"]);
    if (other !== undefined) contradicts([...path, "securityContext", "appArmorProfile", other], at);
    seccompAgrees(annotations[seccomp + name], container, path, at);
  }
}

type Path = readonly (string | number)[];

function seccompAgrees(annotation: Json | undefined, holder: JsonObject, path: Path, at: Place): void {
  const other = differing(annotation, profileOf(holder, "seccompProfile"), ["runtime/default", "docker/default"]);
  if (other !== undefined) contradicts([...path, "securityContext", "seccompProfile", other], at);
}

function contradicts(path: Path, at: Place): void {
  const help = "Remove the annotation: the field takes precedence.";
  at.beneath(path, () => at.forbidden("with another profile in the annotation", help));
}

/** Whether a pod is for Windows, which has no AppArmor. */
export function isOfWindows({ os }: JsonObject): boolean {
  return isObject(os) && os.name === "windows";
}

/**
 * Whether the API server copies the annotation into the empty field of a container before it validates a Pod. It does
 * not in templates (`applyAppArmorVersionSkew`).
 */
function becomesField(annotation: Json | undefined): boolean {
  if (typeof annotation !== "string") return false;
  const local = /^localhost\/(.*)$/s.exec(annotation)?.[1];
  if (local === undefined) return annotation === "unconfined" || annotation === "runtime/default";
  return local !== "" && trimSpace(local) === local && Buffer.byteLength(local) <= 4095;
}

/** The profile that a pod or a container sets in its security context. */
export function profileOf({ securityContext }: JsonObject, field: string): JsonObject | undefined {
  const profile = isObject(securityContext) ? securityContext[field] : undefined;
  return isObject(profile) ? profile : undefined;
}

/** The field of a profile that an annotation contradicts. */
function differing(annotation: Json | undefined, profile: JsonObject | undefined, defaults: string[]) {
  if (typeof annotation !== "string" || profile === undefined) return undefined;
  const { type, localhostProfile } = profile;
  if (type === "Unconfined") return annotation === "unconfined" ? undefined : "type";
  if (type === "RuntimeDefault") return defaults.includes(annotation) ? undefined : "type";
  if (type !== "Localhost") return undefined;
  if (!annotation.startsWith("localhost/")) return "type";
  return annotation === `localhost/${localhostProfile}` ? undefined : "localhostProfile";
}
