import { isObject, type JsonObject } from "../../core/json.ts";
import { groupOf } from "../../core/resource.ts";
import { checkOf, type Demand, each, onObject, provided, rule, upTo } from "../../vocabulary/demand.ts";
import { objectsIn } from "../../vocabulary/lists.ts";
import { dns1123Label, qualifiedName, withoutDash } from "../../vocabulary/names.ts";
import { nonNegative } from "../../vocabulary/numbers.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { element, textOf } from "../../vocabulary/text.ts";
import type { Kind } from "../shape.ts";
import { finalizerAdvice, generatedName, nameOf, needsDomainInFinalizers, prefixOf } from "./names.ts";

/** An owner reference must be complete (`ValidateOwnerReferences`). */
const owner: Check = (value, at) => {
  const reference = isObject(value) ? value : {};
  const apiVersion = textOf(reference.apiVersion);
  for (const field of ["apiVersion", "kind", "name", "uid"]) {
    if (textOf(reference[field]) === "")
      at.under(field, () => at.invalid("is empty", "Complete the owner reference or remove it."));
  }
  if (apiVersion.endsWith("/") || apiVersion.split("/").length > 2)
    at.under("apiVersion", () => at.invalid("has no version", "Use the form group/version."));
  if (apiVersion === "v1" && reference.kind === "Event")
    at.invalid("is an Event, which cannot own anything", "Remove it.");
};

const identityOf = ({ apiVersion, kind, name, uid, controller, blockOwnerDeletion }: JsonObject): string =>
  JSON.stringify([apiVersion, kind, name, uid, controller, blockOwnerDeletion]);

/** The API server drops duplicate owners with a warning (`dedupOwnerReferences`). */
const repeatedOwner: Check = (value, at) => {
  const owners = objectsIn(value).map(identityOf);
  if (new Set(owners).size < owners.length) at.warn("names an owner twice", "Remove one of the two.");
};

const oneController: Check = (value, at) => {
  const controllers = objectsIn(value).filter(({ controller }) => controller === true);
  if (new Set(controllers.map(identityOf)).size > 1)
    at.invalid("names two controllers", "Keep controller: true on one of them.");
};

/** Kubernetes' own finalizers; any other needs a domain (`validateKubeFinalizerName`). */
const ownFinalizers = ["kubernetes", "orphan", "foregroundDeletion"];

const qualified: Check = (value, at) => {
  const name = textOf(value);
  if (name.includes("/") || ownFinalizers.includes(name)) return;
  const isPod = at.closest("core.v1.PodTemplateSpec") !== undefined;
  const isRefused = isPod || needsDomainInFinalizers(groupOf(at.apiVersion), at.kind, at.isBuiltIn);
  const says = `is ${at.show(name)}, which is not of the form domain/name`;
  if (isRefused) at.invalid(says, "Write the finalizer as domain/name, for example example.com/cleanup.");
  // `WarningsOnCreate` in k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go
  else if (!at.isBuiltIn) {
    const { help, severity } = finalizerAdvice(name, groupOf(at.apiVersion), at.kind);
    at.warn(says, help, severity);
  }
};

const conflicting: Check = (value, at) => {
  if (!Array.isArray(value) || !value.includes("orphan") || !value.includes("foregroundDeletion")) return;
  at.invalid("has both orphan and foregroundDeletion", "Keep one of the two.");
};

/** The check of one finalizer. */
export const finalizer: Demand = [element(qualifiedName), qualified];

/** The check of the finalizers of an object. */
export const finalizers: Demand = [conflicting, each(finalizer)];

/** The check of the owners of an object. */
export const ownerReferences: Demand = [each(owner), oneController];

/**
 * Kinds whose generation the server sets itself in `PrepareForCreate`, as it does for custom resources. For
 * HorizontalPodAutoscalers it does so from 1.37 on.
 */
const numbered = new Set([
  ...["Pod", "PodTemplate", "ReplicationController", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"],
  ...["Job", "CronJob", "PodDisruptionBudget", "PriorityClass", "FlowSchema", "PriorityLevelConfiguration"],
  ...["Ingress", "IngressClass", "NetworkPolicy", "EndpointSlice", "ResourceSlice", "DeviceClass", "DeviceTaintRule"],
  ...["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration"],
  ...["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration"],
  "CustomResourceDefinition",
]);

/** The checks that apply only to the metadata of an object (`ValidateObjectMeta`). */
const metadata = checkOf({
  generation: rule("apply/server-field", (value, at) => {
    if (at.kind === "HorizontalPodAutoscaler") upTo("1.36", nonNegative)(value, at);
    else if (at.isBuiltIn && !numbered.has(at.kind)) nonNegative(value, at);
  }),
  ownerReferences: rule("apply/server-field", [ownerReferences, repeatedOwner]),
  finalizers: rule("apply/name", finalizers),
});

/** Fields that only an API server sets: server-side apply rejects a new object that has them. */
const serverFields = onObject((object, at) => {
  const { name, resourceVersion, uid, managedFields } = object;
  const remove = "Remove it: the API server sets it.";
  const say = (field: string, says: string) => at.under(field, () => at.invalid(says, remove));
  if (!isUnset(resourceVersion)) say("resourceVersion", "is set: server-side apply rejects it on a new object");
  // An object without a name is created, never applied.
  if (isUnset(name)) return;
  if (!isUnset(uid)) say("uid", "is set, but no object with this uid exists");
  // If any element is not an object, the whole list is ignored (`Unstructured.GetManagedFields`).
  if (Array.isArray(managedFields) && managedFields.every(isObject))
    say("managedFields", "is set: server-side apply rejects it");
});

const serverOwned = rule("apply/server-field", serverFields);

/** Without a namespace, an object goes to the namespace of the apply command. */
const inNamespace = checkOf({
  namespace: rule(
    "apply/name",
    provided((name) => !isUnset(name), dns1123Label),
  ),
});

/** Checks the metadata of an object: its name, as its kind requires, and the fields that only objects have. */
export function checkObject(at: Place, scope: Kind["scope"]): void {
  at.enter("metadata");
  const given = Object.hasOwn(at.root, "metadata") ? at.root.metadata : undefined;
  const value = isObject(given) ? given : {};
  if (isObject(given) || given === undefined || given === null) {
    checkName(value, at);
    if (scope === "namespaced") inNamespace(value, at);
    metadata(value, at);
    serverOwned(value, at);
  }
  at.leave();
}

/** A LimitRange is accepted without a name; reviews are not stored (authorization.k8s.io, authentication.k8s.io). */
function isNameless({ kind, apiVersion }: Place): boolean {
  return kind === "LimitRange" || /^auth(orization|entication)\.k8s\.io\//.test(apiVersion);
}

function checkName(value: JsonObject, at: Place): void {
  const { name, generateName } = value;
  const { rule: outer } = at;
  at.rule = "apply/name";
  const format = nameOf(groupOf(at.apiVersion), at.kind);
  if (isUnset(name) && isUnset(generateName) && !isNameless(at))
    at.under("name", () => at.required("", "Name the object."));
  else if (typeof name === "string" && name !== "") at.under("name", () => format(name, at));
  if (typeof generateName === "string" && generateName !== "") {
    const prefix = prefixOf(groupOf(at.apiVersion), at.kind, isUnset(name), at.isThere);
    const before = at.problems.length;
    const masked = withoutDash(generateName);
    at.under("generateName", () => prefix(masked, at));
    if (at.problems.length > before && masked !== generateName) {
      // Once more, for a message with the text as it is.
      at.problems.length = before;
      at.under("generateName", () => prefix(generateName, at));
    }
    if (isUnset(name) && at.problems.length === before) at.under("name", () => format(generatedName(generateName), at));
  }
  at.rule = outer;
}
