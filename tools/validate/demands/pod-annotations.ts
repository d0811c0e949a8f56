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
 * Annotations of pods that are read by the API server, some of them from before there were fields for what they say
 * (`ValidatePodSpecificAnnotations`). https://kubernetes.io/docs/reference/labels-annotations-taints/
 */
export const podAnnotations: Check = onObject(({ metadata, spec }, at) => {
  const annotations = isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : {};
  for (const [key, value] of Object.entries(annotations)) {
    const check = checkOf(key);
    if (check !== undefined && typeof value === "string" && isObject(spec))
      at.beneath(["metadata", "annotations", key], () => check(value, spec, at, key));
  }
  if (isObject(spec)) fieldsSayTheSame(annotations, spec, at);
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
    if (!isInteger) at.invalid(`is ${at.show(value)}, which is no integer of 32 bits`, "Write a number such as 100.");
  },
  "kubernetes.io/config.mirror": (_, { nodeName }, at) => {
    if (isUnset(nodeName)) at.invalid("is set without spec.nodeName", "Remove it: the kubelet marks its own pods.");
  },
};

const profileOfContainer: AnnotationCheck = (value, spec, at, key) => {
  const name = key.slice(appArmor.length);
  if (!containersIn(spec).some(({ container }) => container.name === name))
    at.invalid(`is for container ${at.show(name)}, which the pod has not`, "Name a container of the pod.");
  if (!/^(?:|runtime\/default|unconfined|localhost\/.*)$/s.test(value))
    at.invalid(`is ${at.show(value)}, which is no profile`, "Write runtime/default, unconfined or localhost/NAME.");
};

const seccompProfile: AnnotationCheck = (value, _, at) => {
  if (["runtime/default", "docker/default", "unconfined"].includes(value)) return;
  const local = /^localhost\/(.*)$/s.exec(value)?.[1];
  if (local === undefined)
    at.invalid(`is ${at.show(value)}, which is no profile`, "Use securityContext.seccompProfile.");
  else descendingPath(local, at);
};

/** The containers of a pod, of all three sorts, and where each stands in the pod. */
export function containersIn(
  spec: JsonObject,
): { readonly path: readonly (string | number)[]; readonly container: JsonObject }[] {
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((list) =>
    objectsIn(spec[list]).map((container, index) => ({ path: ["spec", list, index], container })),
  );
}

/** `validateAppArmorAnnotationsAndFieldsMatchOnCreate`, `validateSeccompAnnotationsAndFields` */
function fieldsSayTheSame(annotations: JsonObject, spec: JsonObject, at: Place): void {
  seccompSaysTheSame(annotations[seccompOfPod], spec, ["spec"], at);
  for (const { path, container } of containersIn(spec)) {
    const name = textOf(container.name);
    const annotation = annotations[appArmor + name];
    const own = profileOf(container, "appArmorProfile");
    const isSet = at.kind === "Pod" && own === undefined && becomesField(annotation);
    const profile = isOfWindows(spec) || isSet ? undefined : (own ?? profileOf(spec, "appArmorProfile"));
    const other = differing(annotation, profile, ["runtime/default"]);
    if (other !== undefined) contradicts([...path, "securityContext", "appArmorProfile", other], at);
    seccompSaysTheSame(annotations[seccomp + name], container, path, at);
  }
}

type Path = readonly (string | number)[];

function seccompSaysTheSame(annotation: Json | undefined, holder: JsonObject, path: Path, at: Place): void {
  const other = differing(annotation, profileOf(holder, "seccompProfile"), ["runtime/default", "docker/default"]);
  if (other !== undefined) contradicts([...path, "securityContext", "seccompProfile", other], at);
}

function contradicts(path: Path, at: Place): void {
  const help = "Remove the annotation: the field is what counts.";
  at.beneath(path, () => at.forbidden("with another profile in the annotation", help));
}

/** AppArmor is a matter of Linux. */
export function isOfWindows({ os }: JsonObject): boolean {
  return isObject(os) && os.name === "windows";
}

/**
 * Whether the API server writes it into the field of a container that has none, before it validates a Pod; of templates it does
 * not (`applyAppArmorVersionSkew`).
 */
function becomesField(annotation: Json | undefined): boolean {
  if (typeof annotation !== "string") return false;
  const local = /^localhost\/(.*)$/s.exec(annotation)?.[1];
  if (local === undefined) return annotation === "unconfined" || annotation === "runtime/default";
  return local !== "" && trimSpace(local) === local && Buffer.byteLength(local) <= 4095;
}

/** A profile that a pod or a container sets in its security context. */
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
