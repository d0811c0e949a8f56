import type { Json, JsonObject } from "../../core/json.ts";
import { each, when } from "../../vocabulary/demand.ts";
import { stringsIn, unique } from "../../vocabulary/lists.ts";
import { parseIp } from "../../vocabulary/network.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { absent, forbidden, isUnset } from "../../vocabulary/presence.ts";
import { exactlyOneWordOf, textOf } from "../../vocabulary/text.ts";
import { address, canonicalAddress } from "./address.ts";

// The addresses of a Service, their IP families and the policy for their number. The families that a cluster supports
// come from gitops.yaml; the default is IPv4 only, as for an API server without further options.

/** The type of a Service; the default is ClusterIP. */
export const typeOf = ({ type }: JsonObject): string => textOf(type) || "ClusterIP";

/** The addresses as the API server sees them: `clusterIP` alone is a list of one (`normalizeClusterIPs`). */
function addressesOf({ clusterIP, clusterIPs }: JsonObject): Json[] {
  if (Array.isArray(clusterIPs) && clusterIPs.length > 0) return clusterIPs;
  return isUnset(clusterIP) ? [] : [clusterIP as Json];
}

/** Runs a check at an address. */
function atAddress(index: number, at: Place, check: () => void): void {
  atWritten(at, () => (at.token === "clusterIP" ? check() : at.under(index, check)));
}

/** Runs a check at `clusterIPs`, or at `clusterIP` if the manifest has only that. */
function atWritten(at: Place, check: () => void): void {
  if (isUnset(at.parent.clusterIPs)) {
    at.leave();
    at.under("clusterIP", check);
    at.enter("clusterIPs");
  } else check();
}

/** Whether `None` is the only address. */
export function isHeadless(service: JsonObject): boolean {
  const addresses = addressesOf(service);
  return addresses.length === 1 && addresses[0] === "None";
}

const isExternalName = (service: JsonObject) => typeOf(service) === "ExternalName";

/** A headless Service without a selector may have endpoints of any family. */
const isFree = (service: JsonObject) => isHeadless(service) && isEmpty(service.selector);
const isEmpty = (map: Json | undefined) => isUnset(map) || Object.keys(map as JsonObject).length === 0;

const isV6 = (value: Json | undefined) => textOf(value).includes(":");

/** `ValidateServiceClusterIPsRelatedFields`, and the checks of the allocation (`initIPFamilyFields`). */
export const clusterIps: Check = (_, at) => {
  const service = at.parent;
  const addresses = addressesOf(service);
  if (addresses.length === 0) return;
  if (isExternalName(service))
    return atWritten(at, () => at.forbidden("when type is ExternalName", "Remove clusterIP and clusterIPs."));
  sameFirst(service, addresses, at);
  if (addresses[0] === "None") noneAlone(service, addresses, at);
  else if (addresses.every((value) => parseIp(textOf(value)) !== undefined)) families(service, addresses, at);
  addresses.forEach((value, index) => {
    if (index === 0 && value === "None") return;
    atAddress(index, at, () => {
      for (const check of [...address, canonicalAddress]) check(value ?? undefined, at);
    });
  });
  if (addresses.length > 2) at.invalid(`has ${addresses.length} addresses; at most 2 are allowed`, "Remove some.");
};

function sameFirst({ clusterIP }: JsonObject, addresses: Json[], at: Place): void {
  if (isUnset(clusterIP))
    at.invalid("is set without clusterIP", "Set clusterIP to the first address or remove clusterIPs.");
  else if (clusterIP !== addresses[0])
    at.invalid(
      `begins with ${at.show(addresses[0])}, but clusterIP is ${at.show(clusterIP)}`,
      "Set clusterIP and the first of clusterIPs to the same address.",
    );
}

function noneAlone(service: JsonObject, addresses: Json[], at: Place): void {
  const type = typeOf(service);
  if (addresses.length > 1) at.invalid("combines None with an address", "Keep only None or remove it.");
  else if (type === "NodePort" || type === "LoadBalancer") {
    const help = `Remove it: a Service of type ${type} needs an address.`;
    atAddress(0, at, () => at.invalid(`is None, but type is ${type}`, help));
  }
}

/** Each address must match the family at its position, and two addresses must be of different families. */
function families({ ipFamilies: listed }: JsonObject, addresses: Json[], at: Place): void {
  const [first, second] = addresses;
  if (second !== undefined && isV6(first) === isV6(second))
    at.invalid("has two addresses of the same family", "Keep one of them, or use one IPv4 and one IPv6 address.");
  const wanted = Array.isArray(listed) ? listed : [];
  addresses.forEach((value, index) => {
    const family = isV6(value) ? "IPv6" : "IPv4";
    atAddress(index, at, () => {
      if (index >= wanted.length && !at.ipFamilies.includes(family))
        at.invalid(
          `is ${at.show(value)}; ${refuses(at)}`,
          familyHelp(at, second === undefined ? undefined : "Remove this address."),
        );
      else if ((wanted[index] === "IPv4" || wanted[index] === "IPv6") && wanted[index] !== family)
        at.invalid(
          `is ${at.show(value)}, but ipFamilies[${index}] is ${wanted[index]}`,
          "Make the address and the family match.",
        );
    });
  });
}

const refuses = ({ ipFamilies: [one] }: Place) => `a cluster with only ${one} addresses rejects it`;
const declared = "If the cluster supports both families, set ipFamilies: [IPv4, IPv6] in gitops.yaml.";
const familyHelp = ({ ipFamilies: [one] }: Place, instead = `Use ${one}.`) => `${instead} ${declared}`;

const letChoose = "Remove ipFamilies, so that the cluster chooses.";

const configured: Check = (value, at) => {
  const isKnown = value === "IPv4" || value === "IPv6";
  if (!isKnown || at.ipFamilies.includes(value)) return;
  const areTwo = stringsIn(at.parent.ipFamilies).length > 1;
  at.invalid(`is ${value}; ${refuses(at)}`, familyHelp(at, areTwo ? letChoose : undefined));
};

/** `ipFamilies`, which must be supported by the cluster. */
export const ipFamilies: Check = when(isExternalName, forbidden("when type is ExternalName"), [
  unique,
  each((value, at) => exactlyOneWordOf("IPv4", "IPv6")(value ?? "", at)),
  when(isFree, [], each(configured)),
]);

const fewerStacks: Check = (value, at) => {
  if (value !== undefined && value !== "SingleStack") return;
  const { ipFamilies: listed } = at.parent;
  const say = (what: string) =>
    at.invalid(`must be PreferDualStack or RequireDualStack with two ${what}`, `Set it or remove one of the ${what}.`);
  if (addressesOf(at.parent).length === 2) say("addresses");
  if (stringsIn(listed).length === 2) say("families");
};

const requiredStacks: Check = (value, at) => {
  if (value === "RequireDualStack" && at.ipFamilies.length < 2)
    at.invalid(`is RequireDualStack; ${refuses(at)}`, `Use PreferDualStack. ${declared}`);
};

/** `ipFamilyPolicy`, which must fit the number of addresses and families. */
export const ipFamilyPolicy: Check = when(isExternalName, absent("when type is ExternalName"), [
  exactlyOneWordOf("SingleStack", "PreferDualStack", "RequireDualStack"),
  when(isFree, (value, at) => (value === undefined ? undefined : fewerStacks(value, at)), fewerStacks),
  when(isFree, [], requiredStacks),
]);
