import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { type Demand, from, onObject, type TypeDemands, upTo } from "../../vocabulary/demand.ts";
import { maxItems, objectsIn, unique, uniqueBy } from "../../vocabulary/lists.ts";
import { dns1123Subdomain } from "../../vocabulary/names.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { isUnset, present, required } from "../../vocabulary/presence.ts";
import { exactlyOneWordOf, numberOf, textOf } from "../../vocabulary/text.ts";
import { deviceLabel, deviceSelectors, fullAttributeName } from "./devices.ts";
import { isExtended } from "./resources.ts";
import { templateMetadata } from "./volume.ts";

/** The number of devices, which allocationMode All excludes (`validateDeviceAllocationMode`). */
const count: Check = (value, at) => {
  const mode = textOf(at.parent.allocationMode) || "ExactCount";
  if (mode === "All" && numberOf(value) !== 0) {
    at.invalid(`is ${at.show(value)}, but allocationMode is All`, "Remove it or set allocationMode: ExactCount.");
  } else if (mode === "ExactCount" && numberOf(value) < 0) {
    at.invalid(`is ${at.show(value)}; it must be more than 0`, "Set it to 1 or more.");
  }
};

const wanted: Demand = {
  deviceClassName: [required, dns1123Subdomain],
  selectors: deviceSelectors,
  allocationMode: (value, at) => {
    if (!isUnset(value)) exactlyOneWordOf("All", "ExactCount")(value, at);
  },
  count,
};

/** Either one kind of device, or several of which the first available is used (`validateDeviceRequest`). */
const oneWay = onObject(({ exactly, firstAvailable }, at) => {
  const several = !isUnset(firstAvailable);
  if (isObject(exactly) && several) at.invalid("has both exactly and firstAvailable", "Remove one of the two.");
  if (!isObject(exactly) && !several) at.say("Required", "needs exactly or firstAvailable", "Add one of them.");
});

/** The names that constraints and configurations may refer to: requests and their alternatives. */
function referable(claim: JsonObject): Set<string> {
  const names = new Set<string>();
  for (const { name, firstAvailable } of objectsIn(claim.requests)) {
    names.add(textOf(name));
    for (const alternative of objectsIn(firstAvailable)) names.add(`${textOf(name)}/${textOf(alternative.name)}`);
  }
  return names;
}

/** `validateRequestNameRef`. */
const references = onObject((claim, at) => {
  if (isUnset(claim.constraints) && isUnset(claim.config)) return;
  const names = referable(claim);
  for (const list of ["constraints", "config"]) {
    at.enter(list);
    (Array.isArray(claim[list]) ? claim[list] : []).forEach((element, index) => {
      const requests = isObject(element) ? element.requests : undefined;
      at.beneath([index, "requests"], () => referencesOf(requests, names, at));
    });
    at.leave();
  }
});

function referencesOf(requests: Json | undefined, names: ReadonlySet<string>, at: Place): void {
  maxItems(32)(requests, at);
  unique(requests, at);
  (Array.isArray(requests) ? requests : []).forEach((name, index) => {
    if (names.has(textOf(name)) && textOf(name) !== "") return;
    at.under(index, () =>
      at.invalid(`is ${at.show(name)}, which is not a request of the claim`, "Name one of its requests."),
    );
  });
}

/** The devices must have the same value of an attribute, or different ones (`validateDeviceConstraint`). */
const constraint: Demand = [
  onObject(({ matchAttribute, distinctAttribute }, at) => {
    if (typeof matchAttribute === "string" || typeof distinctAttribute === "string") return;
    at.say("Required", "needs matchAttribute or distinctAttribute", "Add one of the two.");
  }),
  {
    matchAttribute: fullAttributeName,
    distinctAttribute: [
      upTo("1.36", (value, at) => {
        if (typeof at.parent.matchAttribute !== "string") fullAttributeName(value, at);
      }),
      from("1.37", fullAttributeName),
    ],
  },
];

/** Only labelled namespaces may have admin access to devices that are in use (`AuthorizedForAdmin`). */
const adminAccess: Check = (value, at) => {
  if (value !== true) return;
  at.forbidden(
    "in a namespace without the label resource.kubernetes.io/admin-access",
    'Label the Namespace resource.kubernetes.io/admin-access: "true"; if that is done elsewhere, waive this finding.',
  );
};

/** https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/ */
export const resourceClaim: TypeDemands = {
  "resource.v1.DeviceClaim": [
    references,
    {
      requests: [maxItems(32), uniqueBy("name")],
      constraints: maxItems(32),
      config: maxItems(32),
    },
  ],
  "resource.v1.DeviceRequest": [oneWay, { name: deviceLabel, firstAvailable: [maxItems(8), uniqueBy("name")] }],
  "resource.v1.ExactDeviceRequest": [wanted, { adminAccess: from("1.34", adminAccess) }],
  "resource.v1.DeviceSubRequest": [wanted, { name: deviceLabel }],
  "resource.v1.DeviceConstraint": constraint,
  "resource.v1.DeviceClaimConfiguration": { opaque: present },
  "resource.v1.ResourceClaimTemplateSpec": { metadata: templateMetadata },

  "resource.v1.DeviceClassSpec": {
    selectors: deviceSelectors,
    config: maxItems(32),
    extendedResourceName: from("1.36", (value, at) => {
      if (typeof value !== "string" || isExtended(value)) return;
      at.invalid(
        `is ${at.show(value)}, which is not an extended resource`,
        "Use a domain and a name, such as example.com/gpu.",
      );
    }),
  },
  "resource.v1.DeviceClassConfiguration": { opaque: present },
};
