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

// What ResourceClaims, DeviceClasses and ResourceSlices have in common (`pkg/apis/resource/validation`).

/** The name of a request, device or counter set. The empty string is not valid. */
export const deviceLabel: Check = evenEmpty(dns1123Label);

const cIdentifier: Format = format(
  "an identifier",
  "Use at most 32 letters, digits and _, not starting with a digit.",
  (text) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text),
);

/** `name`, or `domain/name` (`validateQualifiedName`). */
export const deviceAttributeName: Check = (value, at) => {
  const parts = textOf(value).split("/");
  const [domain, name] = parts.length === 1 ? [undefined, parts[0] ?? ""] : [parts[0] ?? "", parts[1] ?? ""];
  if (parts.length > 2) return;
  if (domain === "") at.invalid("has no domain before the /", "Use a name such as gpu.example.com/model.");
  else if (domain !== undefined) domainOfAttribute(domain, at);
  if (byteLength(name) > 32) at.tooLong(32, "bytes");
  evenEmpty(cIdentifier)(name, at);
};

const domainOfAttribute: Check = (domain, at) => {
  if (byteLength(textOf(domain)) > 63) at.tooLong(63, "bytes");
  if (!dns1123Subdomain.fits(textOf(domain).toLowerCase())) {
    at.invalid(
      `has the domain ${at.show(domain)}, which is not a DNS name`,
      "Use a name such as gpu.example.com/model.",
    );
  }
};

const lowerCaseDomain: Check = (value, at) => {
  const [domain = "", name] = textOf(value).split("/");
  const isWrong = name !== undefined && dns1123Subdomain.fits(domain.toLowerCase()) && domain !== domain.toLowerCase();
  if (isWrong) at.invalid(`has the domain ${at.show(domain)}, which is not lowercase`, "Use a lowercase domain.");
};

/** The name of an attribute with a domain (`validateFullyQualifiedName`). */
export const fullAttributeName: Check = (value, at) => {
  if (typeof value !== "string") return;
  deviceAttributeName(value, at);
  from("1.37", lowerCaseDomain)(value, at);
  if (!value.includes("/"))
    at.invalid(`is ${at.show(value)}, which has no domain`, "Use a name such as gpu.example.com/model.");
};

/** The name of a pool: DNS names separated by / (`validatePoolName`). */
export const poolName: Check = (value, at) => {
  const text = textOf(value);
  if (text === "") return required(value, at);
  if (byteLength(text) > 253) at.tooLong(253, "bytes");
  if (!text.split("/").every((part) => dns1123Subdomain.fits(part))) {
    at.invalid(`is ${at.show(text)}; each part between slashes must be a DNS name`, dns1123Subdomain.help);
  }
};

const quantityType = readType("kubernetes.Quantity");
const attributes = mapOf(string, mapOf(string, dyn));
const capacity = mapOf(string, mapOf(string, quantityType));

const fieldsOfDevice: Readonly<Record<string, Type>> = { driver: string, attributes, capacity };

/** The variable `device`, which has `allowMultipleAllocations` from 1.36 on (DRAConsumableCapacity). */
const device = struct("kubernetes.DRADevice", (name) =>
  Object.hasOwn(fieldsOfDevice, name) ? fieldsOfDevice[name] : undefined,
);
const sharedDevice = struct("kubernetes.DRADevice", (name) =>
  name === "allowMultipleAllocations" ? bool : device.field?.(name),
);

const longestExpression = 10 * 1024;

const sizesOfText = (max: number): Sizes => ({ max, bytes: 2 });
/** At most 32 entries, by domain, and within a domain by name. */
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
/** The sizes of values that the expression itself creates are unknown. */
const sizesFrom: SizesAt = (path) => (path[0] === "device" ? sizesOfDevice(path) : undefined);

/** `CELSelectorExpressionMaxCost` */
const maxCost = 1_000_000;

/** An expression that selects devices (`validateCELSelector`). */
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
  if (latest !== undefined && costOf(latest, sizesFrom).max > maxCost)
    at.say("Forbidden", "has an estimated cost above the limit", "Simplify it: nested loops cost the most.");
};

const effects = oneOf("NoSchedule", "NoExecute", "None");

/** `validateDeviceToleration`; the operator is Equal by default. */
const toleration: Demand = [
  onObject(({ operator, value }, at) => {
    at.under("value", () => {
      if (operator === "Exists" && textOf(value) !== "") at.invalid("is set, but the operator is Exists", "Remove it.");
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

/** Parameters that are passed to the driver unchanged, of limited size (`validateRawExtension`). */
const parameters: Check = (value, at) => {
  if (isObject(value) && jsonLength(value) > longestExpression) at.tooLong(longestExpression, "bytes of JSON");
};

/** The names of a device's binding conditions (`validateDeviceBindingParameters`). */
export const conditionNames: Demand = [maxItems(4), each(labelKey)];

/** The selectors of a request or class. */
export const deviceSelectors: Demand = maxItems(32);

/** https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/ */
export const devices: TypeDemands = {
  "resource.v1.DeviceSelector": { cel: present },
  "resource.v1.CELDeviceSelector": { expression: absentIsEmpty(deviceExpression) },
  "resource.v1.DeviceToleration": toleration,
  "resource.v1.DeviceTaint": { key: labelKey, value: labelValue, effect: [required, effects] },
  "resource.v1.OpaqueDeviceConfiguration": { driver: driverName, parameters: [present, parameters] },
};
