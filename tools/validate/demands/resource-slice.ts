import { isObject, type JsonObject } from "../../core/json.ts";
import { type Demand, filled, from, keys, onObject, provided, type TypeDemands } from "../../vocabulary/demand.ts";
import { maxItems, objectsIn, stringsIn, unique, uniqueBy } from "../../vocabulary/lists.ts";
import { dns1123Subdomain } from "../../vocabulary/names.ts";
import { absentIsZero, nonNegative, positive } from "../../vocabulary/numbers.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { isUnset, presentAmong } from "../../vocabulary/presence.ts";
import { evenEmpty, format, maxLength } from "../../vocabulary/text.ts";
import { capacity } from "./device-capacity.ts";
import { conditionNames, deviceAttributeName, deviceLabel, poolName } from "./devices.ts";
import { driverName } from "./driver.ts";
import { requiredNodes } from "./scheduling.ts";

/** A flag that must be true or absent. */
const trueOrAbsent: Check = (value, at) => {
  if (value === false) at.invalid("is false; it must be true or absent", "Remove it.");
};

/** Exactly one of the fields that name the nodes must be set; empty and false values do not count. */
function nodes(fields: readonly string[], why: string): Check {
  return onObject((object, at) => {
    const set = presentAmong(object, fields).filter((field) => object[field] !== "" && object[field] !== false);
    if (set.length === 0)
      at.say("Required", `needs one of ${fields.join(", ")}${why}`, "Specify the nodes that have the devices.");
    else if (set.length > 1) at.invalid(`has ${set.join(" and ")}`, "Keep one of them.");
  });
}

const nodeName: Check = (value, at) => {
  if (value === "") at.invalid("is empty", "Name the node or remove it.");
  else dns1123Subdomain(value, at);
};

const oneTerm: Check = (value, at) => {
  if (Array.isArray(value) && value.length > 1)
    at.invalid(`has ${value.length} terms; it must have exactly one`, "Keep one term.");
};

/** With perDeviceNodeSelection, each device names its nodes; without it, none does. */
const nodesOfDevice: Check = (value, at) => {
  if (!isObject(value)) return;
  if (at.closest("resource.v1.ResourceSliceSpec")?.perDeviceNodeSelection === true) eachOnNodes(value, at);
  else if (presentAmong(value, nodeFields).length > 0) {
    at.invalid("names its nodes, but perDeviceNodeSelection is not true", "Name the nodes in the spec of the slice.");
  }
};

const nodeFields = ["nodeName", "nodeSelector", "allNodes"];
const eachOnNodes = nodes(nodeFields, " when perDeviceNodeSelection is true");

/** Taints and counters halve the number of devices that a slice may have. */
const mostDevices: Check = (value, at) => {
  const devices = objectsIn(value);
  const isDense = devices.some(({ taints, consumesCounters }) => !isUnset(taints) || !isUnset(consumesCounters));
  maxItems(isDense && at.kind === "ResourceSlice" ? 64 : 128)(value, at);
};

const eitherOr = onObject(({ sharedCounters, devices }, at) => {
  if (Array.isArray(sharedCounters) && Array.isArray(devices)) {
    at.invalid("has both sharedCounters and devices", "Split it into two slices of the pool.");
  }
});

/** `validateDeviceBindingParameters`. */
const binding = onObject((device, at) => {
  const { bindingConditions: good, bindingFailureConditions: bad } = device;
  if (isUnset(good) !== isUnset(bad)) {
    const missing = isUnset(good) ? "bindingConditions" : "bindingFailureConditions";
    at.under(missing, () => at.invalid("is empty, but the other conditions are not", "Set both or neither."));
  }
  stringsIn(bad).forEach((name, index) => {
    if (!stringsIn(good).includes(name)) return;
    const refuse = () =>
      at.invalid(`is ${at.show(name)}, which is in bindingConditions too`, "Keep it in one of the lists.");
    at.beneath(["bindingFailureConditions", index], refuse);
  });
});

const sizeOf = (value: unknown) => (isObject(value) ? Object.keys(value).length : 0);

const mostProperties = onObject(({ attributes, capacity: amounts }, at) => {
  const count = sizeOf(attributes) + sizeOf(amounts);
  if (count > 32) at.invalid(`has ${count} attributes and capacities; at most 32 are allowed`, "Remove some.");
});

/** `validateMap`: from 1 to 32 counters, and each key is a DNS label. */
const counters: Check = (value, at) => {
  const count = sizeOf(value);
  if (count === 0) at.required("", "Add a counter or remove the counter set.");
  else if (count > 32) at.tooMany(count, 32);
  else labelled(value, at);
};

const labelled = keys(deviceLabel);

const identifier = String.raw`(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)`;
const semantic = new RegExp(
  String.raw`^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-${identifier}(\.${identifier})*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$`,
);

const version = format("a semantic version", "Use a version such as 1.2.3, see https://semver.org.", (text) =>
  semantic.test(text),
);

const oneValue = onObject((attribute: JsonObject, at: Place) => {
  const set = presentAmong(attribute, ["bool", "int", "string", "version"]);
  if (set.length === 0) at.invalid("has no value", "Set one of bool, int, string, version.");
  else if (set.length > 1) at.invalid(`has the values ${set.join(" and ")}`, "Keep one of them.");
});

const device: Demand = [
  mostProperties,
  from("1.36", nodesOfDevice),
  binding,
  {
    name: deviceLabel,
    attributes: keys(deviceAttributeName),
    capacity: keys(deviceAttributeName),
    taints: maxItems(16),
    consumesCounters: [maxItems(2), uniqueBy("counterSet")],
    nodeName,
    nodeSelector: requiredNodes,
    allNodes: trueOrAbsent,
    bindingConditions: [conditionNames, unique],
    bindingFailureConditions: [conditionNames, unique],
  },
];

/** `resourceSliceStrategy.WarningsOnCreate` */
const lowerCase: Check = (value, at) => {
  if (typeof value === "string" && value !== value.toLowerCase())
    at.warn(`is ${at.show(value)}, which has uppercase letters`, "Write driver names in lower case.");
};

/** The devices that a driver publishes for a node or a pool of nodes (`ValidateResourceSlice`). */
export const resourceSlice: TypeDemands = {
  "resource.v1.ResourceSliceSpec": [
    nodes(["nodeName", "nodeSelector", "allNodes", "perDeviceNodeSelection"], ""),
    eitherOr,
    {
      driver: [driverName, from("1.35", lowerCase)],
      pool: filled({ name: poolName, resourceSliceCount: absentIsZero(positive), generation: nonNegative }),
      nodeName,
      nodeSelector: [requiredNodes, { nodeSelectorTerms: oneTerm }],
      allNodes: trueOrAbsent,
      perDeviceNodeSelection: trueOrAbsent,
      devices: [mostDevices, uniqueBy("name")],
      sharedCounters: [maxItems(8), uniqueBy("name")],
    },
  ],
  "resource.v1.Device": device,
  "resource.v1.DeviceCapacity": from("1.36", capacity),
  "resource.v1.DeviceAttribute": [oneValue, { string: maxLength(64), version: [evenEmpty(version), maxLength(64)] }],
  "resource.v1.CounterSet": { name: deviceLabel, counters },
  "resource.v1.DeviceCounterConsumption": { counterSet: deviceLabel, counters },
  "resource.v1.DeviceTaintRuleSpec": {
    deviceSelector: {
      driver: provided((value) => value !== undefined, driverName),
      pool: provided((value) => value !== undefined, poolName),
      device: deviceLabel,
    },
  },
};
