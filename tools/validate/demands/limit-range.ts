import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { milliOf, wholeOf } from "../../vocabulary/go-quantity.ts";
import { uniqueBy } from "../../vocabulary/lists.ts";
import { qualifiedName } from "../../vocabulary/names.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { type Quantity, quantityOf, thousandths, units } from "../../vocabulary/quantity.ts";
import { textOf } from "../../vocabulary/text.ts";
import { resourceName } from "./quota.ts";
import { containerResourceName, isHugePages, isNative } from "./resources.ts";

const types = ["Pod", "Container", "PersistentVolumeClaim"];

/** `validateLimitRangeTypeName`. */
const limitType: Check = (value, at) => {
  const type = textOf(value);
  if (type.includes("/")) qualifiedName(type, at);
  else if (!types.includes(type))
    at.invalid(
      `is ${at.show(type)}; a type without a domain must be one of ${types.join(", ")}`,
      "Use one of these types.",
    );
};

const anyResource = resourceName(["storage"]);

const lists = ["min", "max", "default", "defaultRequest", "maxLimitRequestRatio"] as const;

/** The bounds of one resource. */
type Bounds = Record<(typeof lists)[number], Quantity | undefined>;

/** Checks the bounds of each resource, including those that the API server fills in (`SetDefaults_LimitRangeItem`). */
const item = onObject((item, at) => {
  const type = textOf(item.type);
  const checkName = type === "Pod" || type === "Container" ? containerResourceName : anyResource;
  if (type === "Pod") noDefaults(item, at);
  if (type === "PersistentVolumeClaim") someStorage(item, at);
  const names = new Set<string>();
  for (const list of lists) {
    const given = item[list];
    if (!isObject(given) || (type === "Pod" && list.startsWith("default"))) continue;
    for (const name of Object.keys(given)) {
      at.beneath([list, name], () => checkName(name, at));
      names.add(name);
    }
  }
  for (const name of names) inOrder(name, boundsOf(item, name, type), item, at);
});

function noDefaults(item: JsonObject, at: Place): void {
  for (const list of ["default", "defaultRequest"]) {
    const given = item[list];
    if (isObject(given) && Object.keys(given).length > 0)
      at.under(list, () => at.forbidden("when type is Pod", "Set it in an item of type Container."));
  }
}

function someStorage({ min, max }: JsonObject, at: Place): void {
  const hasStorage = (list: Json | undefined) => isObject(list) && Object.hasOwn(list, "storage");
  if (hasStorage(min) || hasStorage(max)) return;
  at.say(
    "Required",
    "needs storage in min or max when type is PersistentVolumeClaim",
    "Set min.storage or max.storage.",
  );
}

/** The amount of a resource, rounded up to thousandths; undefined if it is missing or malformed. */
function amountIn(list: Json | undefined, name: string): Quantity | undefined {
  if (!isObject(list) || !Object.hasOwn(list, name)) return undefined;
  const quantity = list[name] === null ? 0n : quantityOf(list[name]);
  return quantity === undefined ? undefined : (thousandths(quantity) * units(1)) / 1000n;
}

function boundsOf(item: JsonObject, name: string, type: string): Bounds {
  const bounds = Object.fromEntries(lists.map((list) => [list, amountIn(item[list], name)])) as Bounds;
  if (type === "Pod") return { ...bounds, default: undefined, defaultRequest: undefined };
  if (type !== "Container") return bounds;
  const limit = bounds.default ?? bounds.max;
  return { ...bounds, default: limit, defaultRequest: bounds.defaultRequest ?? limit ?? bounds.min };
}

/** Checks min ≤ defaultRequest ≤ default ≤ max, and that max / min allows the ratio (`ValidateLimitRange`). */
function inOrder(name: string, bounds: Bounds, item: JsonObject, at: Place): void {
  const { min, max, default: limit, defaultRequest: request, maxLimitRequestRatio: ratio } = bounds;
  const shown = (list: (typeof lists)[number]) => at.show((item[list] as JsonObject | undefined)?.[name]);
  const refuse = (list: string, says: string, help: string) =>
    at.beneath([list, name], () => at.invalid(`is ${shown(list as "min")}, ${says}`, help));
  const exceeds = (one: Quantity | undefined, other: Quantity | undefined) =>
    one !== undefined && other !== undefined && one > other;
  const has = (list: string) => isObject(item[list]) && Object.hasOwn(item[list] as JsonObject, name);

  if (exceeds(min, max)) refuse("min", `above max (${shown("max")})`, "Lower min or raise max.");
  if (has("defaultRequest")) {
    if (exceeds(min, request)) refuse("defaultRequest", `below min (${shown("min")})`, "Raise it to at least min.");
    if (exceeds(request, max)) refuse("defaultRequest", `above max (${shown("max")})`, "Lower it to at most max.");
    if (has("default") && exceeds(request, limit))
      refuse("defaultRequest", `above default (${shown("default")})`, "Lower it or raise default.");
  }
  if (has("default")) {
    if (exceeds(min, limit)) refuse("default", `below min (${shown("min")})`, "Raise it to at least min.");
    if (exceeds(limit, max)) refuse("default", `above max (${shown("max")})`, "Lower it to at most max.");
  }
  if (ratio !== undefined) {
    if (ratio < units(1))
      refuse("maxLimitRequestRatio", "below 1", "Set it to at least 1: a limit is never below the request.");
    if (min !== undefined && max !== undefined)
      ratioLeaves(name, item, (says, help) => refuse("maxLimitRequestRatio", says, help));
  }
  if ((isHugePages(name) || !isNative(name)) && limit !== undefined && request !== undefined && limit !== request)
    refuse(
      "defaultRequest",
      `which is not the default limit: ${name} cannot be overcommitted`,
      "Set both to the same amount.",
    );
}

/** Like the API server, calculates in thousandths if these fit into 64 bits. */
function ratioLeaves(name: string, item: JsonObject, refuse: (says: string, help: string) => void): void {
  const given = ["maxLimitRequestRatio", "max", "min"].map((list) => (item[list] as JsonObject)[name] ?? 0);
  const isSmall = given.every((value) => wholeOf(value) < largestMilli);
  const [ratio = 0, max = 0, min = 0] = given.map((value) => Number(isSmall ? milliOf(value) : wholeOf(value)));
  const most = max / min;
  if (ratio / (isSmall ? 1000 : 1) > most)
    refuse(`above max divided by min (${Number(most.toFixed(3))})`, "Lower it or widen the range from min to max.");
}

/** `resource.MaxMilliValue` */
const largestMilli = (2n ** 63n - 1n) / 1000n;

/** https://kubernetes.io/docs/concepts/policy/limit-range/ */
export const limitRange: TypeDemands = {
  "core.v1.LimitRangeSpec": rule("apply/quantity", { limits: uniqueBy("type") }),
  "core.v1.LimitRangeItem": rule("apply/quantity", [item, { type: limitType }]),
};
