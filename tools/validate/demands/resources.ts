import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { from, rule } from "../../vocabulary/demand.ts";
import { isFractional, wholeOf } from "../../vocabulary/go-quantity.ts";
import { objectsIn } from "../../vocabulary/lists.ts";
import { dns1123Label, isQualifiedName } from "../../vocabulary/names.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { absent } from "../../vocabulary/presence.ts";
import { type Quantity, quantityOf } from "../../vocabulary/quantity.ts";
import { textOf } from "../../vocabulary/text.ts";

const standard = ["cpu", "memory", "ephemeral-storage"];
/** Whether a resource is huge pages of some size. */
export const isHugePages = (name: string) => name.startsWith("hugepages-");

/** Whether a resource is Kubernetes' own, not an extended resource such as `nvidia.com/gpu`. */
export const isNative = (name: string) => !name.includes("/") || name.includes("kubernetes.io/");

/** Whether a name is valid for an extended resource. */
export function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith("requests.") && isQualifiedName(`requests.${name}`);
}

/** `validateContainerResourceName`. */
export const containerResourceName: NameCheck = (name, at) => {
  if (!isQualifiedName(name)) return wrongName(name, "a resource name", nameHelp, at);
  const known = name.includes("/") ? isNative(name) || isExtended(name) : standard.includes(name) || isHugePages(name);
  if (!known)
    wrongName(name, `a container resource: ${standard.join(", ")}, hugepages-… or a name with a domain`, nameHelp, at);
};

/** Reports the name of a resource, which is the key of the current field or its value. */
export function wrongName(name: string, is: string, help: string, at: Place): void {
  at.invalid(at.token === name ? `is not ${is}` : `is ${at.show(name)}, which is not ${is}`, help);
}

/** `validatePodResourceName`. */
const podResourceName: NameCheck = (name, at) => {
  if (!["cpu", "memory"].includes(name) && !isHugePages(name))
    at.notSupported(name, ["cpu", "memory", "hugepages-2Mi"]);
};

const nameHelp = "Use cpu, memory, ephemeral-storage, hugepages-2Mi or an extended resource such as example.com/gpu.";

type NameCheck = (name: string, at: Place) => void;

/** Checks the names and amounts of `limits` and `requests` and their relation (`validateResourceRequirements`). */
function requirements(checkName: NameCheck): Check {
  return (value, at) => {
    if (!isObject(value)) return;
    const limits = isObject(value.limits) ? value.limits : {};
    const requests = isObject(value.requests) ? value.requests : {};
    at.under("limits", () => amounts(limits, checkName, at));
    at.under("requests", () => amounts(requests, checkName, at));
    for (const [name, request] of Object.entries(requests)) {
      at.under("requests", () => at.under(name, () => requestWithinLimit(name, request, limits, at)));
    }
    const names = [...Object.keys(limits), ...Object.keys(requests)];
    if (names.some(isHugePages) && !names.includes("cpu") && !names.includes("memory")) {
      at.forbidden("with huge pages alone, which also need cpu or memory", "Add a request for cpu or memory.");
    }
  };
}

function amounts(list: JsonObject, checkName: NameCheck, at: Place): void {
  for (const [name, amount] of Object.entries(list)) {
    at.enter(name);
    checkName(name, at);
    resourceAmount(name, amount, at);
    if (isHugePages(name)) wholePages(name, amount, at);
    at.leave();
  }
}

/** Not negative, and a whole number for extended resources (`ValidateResourceQuantityValue`). */
export function resourceAmount(name: string, amount: Json | undefined, at: Place): void {
  const quantity = quantityOf(amount);
  if (quantity === undefined) return;
  if (quantity < 0n) at.invalid(`is ${at.show(amount)}, which is negative`, "Set it to 0 or more.");
  else if (isExtended(name) && isFractional(amount)) {
    at.invalid(
      `is ${at.show(amount)}, which is not a whole number`,
      "Use a whole number: extended resources cannot be divided.",
    );
  }
}

/** `IsHugePageResourceValueDivisible`, for containers only. */
function wholePages(name: string, amount: Json | undefined, at: Place): void {
  const [quantity, page] = [quantityOf(amount), name.slice("hugepages-".length)];
  if (quantity === undefined || quantity < 0n) return;
  if (wholeOf(page) > 0n && !isFractional(page) && wholeOf(amount) % wholeOf(page) === 0n) return;
  at.invalid(`is ${at.show(amount)}, which is not a multiple of the page size`, "Use a multiple of the page size.");
}

/** The amount of a resource, with null as 0; undefined if it is missing or malformed. */
export function amountOf(value: Json | undefined): Quantity | undefined {
  return value === null ? 0n : quantityOf(value);
}

function requestWithinLimit(name: string, request: Json, limits: JsonObject, at: Place): void {
  const overcommits = isNative(name) && !isHugePages(name);
  const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
  const [asked, most] = [amountOf(request), amountOf(limit)];
  if (asked === undefined) return;
  if (most === undefined) {
    if (!overcommits) at.required(`in limits too: ${name} cannot be overcommitted`, "Add the same amount to limits.");
  } else if (asked > most) {
    at.invalid(`is ${at.show(request)}, above the limit of ${at.show(limit)}`, "Lower the request or raise the limit.");
  } else if (asked !== most && !overcommits) {
    at.invalid(
      `is ${at.show(request)}, but the limit is ${at.show(limit)}: ${name} cannot be overcommitted`,
      "Set both to the same amount.",
    );
  }
}

/** The claims of a container must be in the pod's list and must not repeat (`validateResourceClaimNames`). */
const claims: Check = (value, at) => {
  const offered = objectsIn(at.closest("core.v1.PodSpec")?.resourceClaims).map(({ name }) => name);
  const seen = new Set<string>();
  objectsIn(value).forEach((claim, index) => {
    const [name, request] = [textOf(claim.name), textOf(claim.request)];
    at.enter(index);
    at.under("name", () => {
      if (name === "") at.required();
      else if (!offered.includes(name))
        at.invalid(`is ${at.show(name)}, which is not in spec.resourceClaims`, offerHelp);
    });
    at.under("request", () => dns1123Label(claim.request ?? undefined, at));
    const whole = seen.has(name) || (request === "" && [...seen].some((key) => key.startsWith(`${name}/`)));
    if (name !== "" && (whole || seen.has(`${name}/${request}`))) at.duplicate(name);
    seen.add(request === "" ? name : `${name}/${request}`);
    at.leave();
  });
};

const offerHelp = "Name one of the pod's resourceClaims or add the claim there.";

/** https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */
export const containerResources: Check = rule("apply/quantity", [
  requirements(containerResourceName),
  // Before 1.34, dynamic resource allocation was off.
  { claims: from("1.34", claims) },
]);

/** The resources of a whole pod, from 1.34 on (PodLevelResources); older versions drop the field. */
export const podResources: Check = rule(
  "apply/quantity",
  from("1.34", [requirements(podResourceName), { claims: absent("for the pod as a whole") }]),
);

/** `spec.overhead`: limits without requests. */
export const overhead: Check = rule("apply/quantity", (value, at) => {
  if (isObject(value)) amounts(value, containerResourceName, at);
});
