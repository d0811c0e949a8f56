import { CelError } from "../../cel/ast.ts";
import type { Checked } from "../../cel/check.ts";
import { compile } from "../../cel/compile.ts";
import { costOf } from "../../cel/cost/cost.ts";
import { type Sizes, type SizesAt, sizesBelow } from "../../cel/cost/sizes.ts";
import { environmentOf } from "../../cel/environment.ts";
import { bool, dyn, mapOf, readType, string, struct, type Type, typeText } from "../../cel/types.ts";
import { isObject, type Json } from "../../core/json.ts";
import { type Demand, each, from, onObject, type TypeDemands } from "../../vocabulary/demand.ts";
import { maxItems } from "../../vocabulary/lists.ts";
import { dns1123Label, dns1123Subdomain, labelValue } from "../../vocabulary/names.ts";
import type { Check } from "../../vocabulary/place.ts";
import { present, required } from "../../vocabulary/presence.ts";
import { absentIsEmpty, byteLength, evenEmpty, type Format, format, oneOf, textOf } from "../../vocabulary/text.ts";
import { driverName } from "./driver.ts";
import { byVersion } from "./expressions.ts";
import { labelKey } from "./metadata.ts";

// What claims, classes and slices of devices have in common (`pkg/apis/resource/validation`).

/** The name of a request, a device, a set of counters: "" is none. */
export const deviceLabel: Check = evenEmpty(dns1123Label);

export const cIdentifier: Format = format(
  "an identifier",
  "Use at most 32 letters, digits and _, beginning with no digit.",
  (text) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text),
);

/** `name`, or `domain/name` (`validateQualifiedName`). */
export const deviceAttributeName: Check = (value, at) => {
  const parts = textOf(value).split("/");
  const [domain, name] = parts.length === 1 ? [undefined, parts[0] ?? ""] : [parts[0] ?? "", parts[1] ?? ""];
  if (parts.length > 2) return;
  if (domain === "") at.invalid("has no domain before the /", "Write it like gpu.example.com/model.");
  else if (domain !== undefined) domainOfAttribute(domain, at);
  if (byteLength(name) > 32) at.tooLong(32, "bytes");
  evenEmpty(cIdentifier)(name, at);
};

const domainOfAttribute: Check = (domain, at) => {
  if (byteLength(textOf(domain)) > 63) at.tooLong(63, "bytes");
  if (!dns1123Subdomain.fits(textOf(domain).toLowerCase())) {
    at.invalid(`has the domain ${at.show(domain)}, no DNS name`, "Write it like gpu.example.com/model.");
  }
};

const lowerCaseDomain: Check = (value, at) => {
  const [domain = "", name] = textOf(value).split("/");
  const isWrong = name !== undefined && dns1123Subdomain.fits(domain.toLowerCase()) && domain !== domain.toLowerCase();
  if (isWrong) at.invalid(`has the domain ${at.show(domain)}, not in lower case`, "Write the domain in lower case.");
};

/** One with a domain (`validateFullyQualifiedName`). */
export const fullAttributeName: Check = (value, at) => {
  if (typeof value !== "string") return;
  deviceAttributeName(value, at);
  from("1.37", lowerCaseDomain)(value, at);
  if (!value.includes("/"))
    at.invalid(`is ${at.show(value)}, without a domain`, "Write it like gpu.example.com/model.");
};

/** Several names of a node's pool, with / between (`validatePoolName`). */
export const poolName: Check = (value, at) => {
  const text = textOf(value);
  if (text === "") return required(value, at);
  if (byteLength(text) > 253) at.tooLong(253, "bytes");
  if (!text.split("/").every((part) => dns1123Subdomain.fits(part))) {
    at.invalid(`is ${at.show(text)}; between each / must stand a DNS name`, dns1123Subdomain.help);
  }
};

const quantityType = readType("kubernetes.Quantity");
const attributes = mapOf(string, mapOf(string, dyn));
const capacity = mapOf(string, mapOf(string, quantityType));

const fieldsOfDevice: Readonly<Record<string, Type>> = { driver: string, attributes, capacity };

/** `device` of an expression; from 1.36 on it tells whether it can be shared (DRAConsumableCapacity). */
const device = struct("kubernetes.DRADevice", (name) =>
  Object.hasOwn(fieldsOfDevice, name) ? fieldsOfDevice[name] : undefined,
);
const sharedDevice = struct("kubernetes.DRADevice", (name) =>
  name === "allowMultipleAllocations" ? bool : device.field?.(name),
);

const longestExpression = 10 * 1024;

const sizesOfText = (max: number): Sizes => ({ max, bytes: 2 });
/** At most 32 of them: by their domains, and within each by their names. */
const sizesOfMap = (bound: number, element: Sizes, rest?: Sizes): Sizes => ({
  max: 32,
  bytes: 2,
  key: sizesOfText(bound),
  element,
  ...(rest && { rest }),
});
const attribute = sizesOfText(64);
const sizesOfDevice = sizesBelow({
  max: 0,
  bytes: 2,
  fields: new Map([
    ["driver", sizesOfText(63)],
    ["attributes", sizesOfMap(63, sizesOfMap(32, attribute, attribute))],
    ["capacity", sizesOfMap(63, sizesOfMap(32, { max: 0, bytes: 8 }))],
    ["allowMultipleAllocations", { max: 1, bytes: 4 }],
  ]),
});
/** Nothing is known of what is made inside of an expression. */
const sizesFrom: SizesAt = (path) => (path[0] === "device" ? sizesOfDevice(path) : undefined);

/** `CELSelectorExpressionMaxCost` */
const dearest = 1_000_000;

/** An expression that chooses devices (`validateCELSelector`). */
const deviceExpression: Check = (value, at) => {
  const source = textOf(value);
  if (byteLength(source) > longestExpression) return at.tooLong(longestExpression, "bytes");
  let latest: Checked | undefined;
  byVersion(at, (version) => {
    const isShared = Number(version.slice(2)) >= 36;
    const variables = { device: isShared ? sharedDevice : device };
    latest = compile(source, environmentOf(version, { variables, binds: true }));
    const { type } = latest;
    if (type.kind !== "bool" && type.kind !== "dyn") throw new CelError(`it is of type ${typeText(type)}, not bool`, 0);
    return type;
  });
  if (latest !== undefined && costOf(latest, sizesFrom).max > dearest)
    at.say("Forbidden", "is estimated to cost more than it may", "Simplify it: loops within loops cost most.");
};

const effects = oneOf("NoSchedule", "NoExecute", "None");

/** `validateDeviceToleration`; the operator is Equal by default. */
const toleration: Demand = [
  onObject(({ operator, value }, at) => {
    at.under("value", () => {
      if (operator === "Exists" && textOf(value) !== "") at.invalid("is set, with the operator Exists", "Remove it.");
      else if ((operator ?? "Equal") === "Equal") labelValue(value ?? undefined, at);
    });
  }),
  {
    key: (value, at) => {
      if (textOf(value) !== "") labelKey(value, at);
    },
    operator: oneOf("Equal", "Exists"),
    effect: effects,
  },
];

/** The length of a value as JSON. */
function jsonLength(value: Json): number {
  return byteLength(JSON.stringify(value, (_, part) => (typeof part === "bigint" ? Number(part) : part)));
}

/** What a driver is told, as it is: not too much of it (`validateRawExtension`). */
const parameters: Check = (value, at) => {
  if (isObject(value) && jsonLength(value) > longestExpression) at.tooLong(longestExpression, "bytes of JSON");
};

/** Conditions of a device's binding: names, each of them once (`validateDeviceBindingParameters`). */
export const conditionNames: Demand = [maxItems(4), each(labelKey)];

/** Exactly one of them, and the driver understands the rest. */
export const deviceSelectors: Demand = maxItems(32);

/** https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/ */
export const devices: TypeDemands = {
  "resource.v1.DeviceSelector": { cel: present },
  "resource.v1.CELDeviceSelector": { expression: absentIsEmpty(deviceExpression) },
  "resource.v1.DeviceToleration": toleration,
  "resource.v1.DeviceTaint": { key: labelKey, value: labelValue, effect: [required, effects] },
  "resource.v1.OpaqueDeviceConfiguration": { driver: driverName, parameters: [present, parameters] },
};
