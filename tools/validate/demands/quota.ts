import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { each, onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { isFractional } from "../../vocabulary/go-quantity.ts";
import { stringsIn } from "../../vocabulary/lists.ts";
import { isQualifiedName } from "../../vocabulary/names.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { textOf } from "../../vocabulary/text.ts";
import { amountOf, isHugePages, resourceAmount, wrongName } from "./resources.ts";

const amounts = ["cpu", "memory", "ephemeral-storage"];
const counted = [
  ..."pods resourcequotas services replicationcontrollers secrets configmaps persistentvolumeclaims".split(" "),
  ..."services.nodeports services.loadbalancers".split(" "),
];
const quotas = [
  ...amounts,
  ...amounts.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  "requests.storage",
  ...counted,
];

const isOfHugePages = (name: string) => isHugePages(name) || name.startsWith("requests.hugepages-");

/** Checks the name of a resource: a known one, or one with a domain (`validateResourceName`). */
export function resourceName(further: readonly string[] = []): (name: string, at: Place) => void {
  return (name, at) => {
    const isKnown = isOfHugePages(name) || quotas.includes(name) || further.includes(name);
    if (!isQualifiedName(name)) wrongName(name, "a resource name", nameHelp, at);
    else if (!name.includes("/") && !isKnown) wrongName(name, "a known resource", nameHelp, at);
  };
}

const nameHelp = "Use requests.cpu, limits.memory, pods, services, count/jobs.batch or requests.example.com/gpu.";
const quotaName = resourceName();

/** The limits of a quota: the name and the amount of each resource (`ValidateResourceQuotaSpec`). */
const hard: Check = (value, at) => {
  if (!isObject(value)) return;
  for (const name of Object.keys(value)) {
    at.enter(name);
    quotaName(name, at);
    quotaAmount(name, value[name], at);
    at.leave();
  }
};

/** Checks the amount of a resource, or a number of objects (`ValidateResourceQuantityValue`). */
export function quotaAmount(name: string, amount: Json | undefined, at: Place): void {
  resourceAmount(name, amount, at);
  if (counted.includes(name) && isFractional(amount))
    at.invalid(
      `is ${at.show(amount)}, which is not a whole number`,
      "Use a whole number: this resource counts objects.",
    );
}

const ofPods = ["pods", ..."cpu memory".split(" ").flatMap((name) => [name, `requests.${name}`, `limits.${name}`])];

/** The resources that each scope supports (`IsResourceQuotaScopeValidForResource`). */
const scopes: Readonly<Record<string, readonly string[]>> = {
  Terminating: ofPods,
  NotTerminating: ofPods,
  BestEffort: ["pods"],
  NotBestEffort: ofPods,
  PriorityClass: ofPods,
  CrossNamespacePodAffinity: ofPods,
  VolumeAttributesClass: ["persistentvolumeclaims", "requests.storage"],
};

/** Scopes that take no values. */
const bare = ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "CrossNamespacePodAffinity"];

const opposites = [
  ["BestEffort", "NotBestEffort"],
  ["Terminating", "NotTerminating"],
] as const;

function scope(name: string, at: Place): void {
  const resources = Object.hasOwn(scopes, name) ? scopes[name] : undefined;
  if (resources === undefined) {
    at.invalid(`is ${at.show(name)}, which is not a scope`, `Use one of ${Object.keys(scopes).join(", ")}.`);
    return;
  }
  const spec = at.closest("core.v1.ResourceQuotaSpec");
  const limited = isObject(spec?.hard) ? Object.keys(spec.hard) : [];
  const other = limited.find((resource) => isStandard(resource) && !resources.includes(resource));
  if (other !== undefined)
    at.invalid(`is ${name}, a scope that does not support ${other}`, "Move the resource to its own ResourceQuota.");
}

const isStandard = (resource: string) => quotas.includes(resource) || isOfHugePages(resource);

const noOpposites = (names: readonly string[], at: Place): void => {
  for (const [one, other] of opposites) {
    if (names.includes(one) && names.includes(other))
      at.invalid(`has both ${one} and ${other}`, "Keep one of the two: no pod matches both.");
  }
};

const listedScopes: Check = (value, at) => {
  if (!Array.isArray(value)) return;
  value.forEach((name, index) => {
    at.under(index, () => scope(textOf(name), at));
  });
  noOpposites(stringsIn(value), at);
};

/** `validateScopedResourceSelectorRequirement`. */
const scopeExpression = onObject((requirement, at) => {
  const name = textOf(requirement.scopeName);
  const operator = textOf(requirement.operator);
  at.under("scopeName", () => scope(name, at));
  at.under("operator", () => {
    if (!["In", "NotIn", "Exists", "DoesNotExist"].includes(operator))
      at.invalid(`is ${at.show(operator)}, which is not an operator`, "Use In, NotIn, Exists or DoesNotExist.");
    else if (bare.includes(name) && operator !== "Exists")
      at.invalid(`is ${operator}, but the scope ${name} takes no values`, "Set it to Exists.");
  });
  at.under("values", () => {
    const isEmpty = isUnset(requirement.values);
    if ((operator === "In" || operator === "NotIn") && isEmpty) at.required(`with the operator ${operator}`);
    else if ((operator === "Exists" || operator === "DoesNotExist") && !isEmpty)
      at.invalid(`has elements, but the operator ${operator} takes none`, "Remove them.");
  });
});

const selectedScopes: Check = (value, at) => {
  if (Array.isArray(value))
    noOpposites(
      value.map((one) => (isObject(one) ? textOf(one.scopeName) : "")),
      at,
    );
};

/** A request quota above the limit quota can never be used up (`WarningsOnCreate`). */
const requestsWithinLimits: Check = (value, at) => {
  if (!isObject(value)) return;
  for (const resource of [...amounts, "storage"]) {
    const request = requestOf(value, resource);
    const limit = value[`limits.${resource}`];
    const [asked, most] = [amountOf(request && value[request]), amountOf(limit)];
    if (request === undefined || asked === undefined || most === undefined || asked <= most) continue;
    at.under(request, () =>
      at.warn(`is above limits.${resource} (${at.show(limit)})`, "Raise the limit or lower the request."),
    );
  }
};

function requestOf(hard: JsonObject, resource: string): string | undefined {
  if (`requests.${resource}` in hard) return `requests.${resource}`;
  return (resource === "cpu" || resource === "memory") && resource in hard ? resource : undefined;
}

/** https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
export const quota: TypeDemands = {
  "core.v1.ResourceQuotaSpec": rule("apply/quantity", { hard: [hard, requestsWithinLimits], scopes: listedScopes }),
  "core.v1.ScopeSelector": rule("apply/quantity", { matchExpressions: [selectedScopes, each(scopeExpression)] }),
};
