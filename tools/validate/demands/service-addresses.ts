import type { Json, JsonObject } from "../../core/json.ts";
import { each, when } from "../../vocabulary/demand.ts";
import { stringsIn, unique } from "../../vocabulary/lists.ts";
import { parseIp } from "../../vocabulary/network.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { absent, forbidden, isUnset } from "../../vocabulary/presence.ts";
import { exactlyOneWordOf, textOf } from "../../vocabulary/text.ts";
import { address, canonicalAddress } from "./address.ts";

// The addresses of a Service, their families, and the policy that says how many of them there are. Of which families a cluster
// has addresses is its own affair: of IPv4 alone, as an API server without further options has, unless gitops.yaml says otherwise.

/** A Service is of type ClusterIP unless it says otherwise. */
export const typeOf = ({ type }: JsonObject): string => textOf(type) || "ClusterIP";

/** Its addresses as the API server sees them: `clusterIP` alone stands for a list (`normalizeClusterIPs`). */
function addressesOf({ clusterIP, clusterIPs }: JsonObject): Json[] {
  if (Array.isArray(clusterIPs) && clusterIPs.length > 0) return clusterIPs;
  return isUnset(clusterIP) ? [] : [clusterIP as Json];
}

export function isHeadless(service: JsonObject): boolean {
  const addresses = addressesOf(service);
  return addresses.length === 1 && addresses[0] === "None";
}

const isExternalName = (service: JsonObject) => typeOf(service) === "ExternalName";

/** Headless and without a selector, it has whatever addresses its endpoints have. */
const isFree = (service: JsonObject) => isHeadless(service) && isEmpty(service.selector);
const isEmpty = (map: Json | undefined) => isUnset(map) || Object.keys(map as JsonObject).length === 0;

const isV6 = (value: Json | undefined) => textOf(value).includes(":");

/** `ValidateServiceClusterIPsRelatedFields`, and what allocation asks (`initIPFamilyFields`). */
export const clusterIps: Check = (_, at) => {
  const service = at.parent;
  const addresses = addressesOf(service);
  if (addresses.length === 0) return;
  if (isExternalName(service)) return at.forbidden("when type is ExternalName", "Remove clusterIP and clusterIPs.");
  sameFirst(service, addresses, at);
  if (addresses[0] === "None") noneAlone(service, addresses, at);
  else if (addresses.every((value) => parseIp(textOf(value)) !== undefined)) families(service, addresses, at);
  addresses.forEach((value, index) => {
    if (index === 0 && value === "None") return;
    at.under(index, () => {
      for (const check of [...address, canonicalAddress]) check(value ?? undefined, at);
    });
  });
  if (addresses.length > 2) at.invalid(`has ${addresses.length} addresses, of at most 2`, "Remove some.");
};

function sameFirst({ clusterIP }: JsonObject, addresses: Json[], at: Place): void {
  if (isUnset(clusterIP)) at.invalid("is set without clusterIP", "Set clusterIP to the first of them, or remove them.");
  else if (clusterIP !== addresses[0])
    at.invalid(
      `begins with ${at.show(addresses[0])}, while clusterIP is ${at.show(clusterIP)}`,
      "Make the first of them the same as clusterIP.",
    );
}

function noneAlone(service: JsonObject, addresses: Json[], at: Place): void {
  const type = typeOf(service);
  if (addresses.length > 1) at.invalid("has None beside an address", "Keep None alone, or remove it.");
  else if (type === "NodePort" || type === "LoadBalancer") {
    const help = `Remove it: a Service of type ${type} needs an address.`;
    at.under(0, () => at.invalid(`is None, while type is ${type}`, help));
  }
}

/** Each address is of the family that stands at its place, and no two are of the same. */
function families({ ipFamilies: listed }: JsonObject, addresses: Json[], at: Place): void {
  const [first, second] = addresses;
  if (second !== undefined && isV6(first) === isV6(second))
    at.invalid("has two addresses of one family", "Keep one of them, or take one IPv4 and one IPv6 address.");
  const wanted = Array.isArray(listed) ? listed : [];
  addresses.forEach((value, index) => {
    const family = isV6(value) ? "IPv6" : "IPv4";
    at.enter(index);
    if (index >= wanted.length && !at.ipFamilies.includes(family))
      at.invalid(`is ${at.show(value)}; ${refuses(at)}`, familyHelp(at));
    else if ((wanted[index] === "IPv4" || wanted[index] === "IPv6") && wanted[index] !== family)
      at.invalid(`is ${at.show(value)}, while ipFamilies[${index}] is ${wanted[index]}`, "Make them agree.");
    at.leave();
  });
}

const refuses = ({ ipFamilies: [one] }: Place) => `a cluster with addresses of ${one} only refuses it`;
const declared = "Where the cluster has addresses of both families, say ipFamilies: [IPv4, IPv6] in gitops.yaml.";
const familyHelp = ({ ipFamilies: [one] }: Place) => `Use ${one}. ${declared}`;

const configured: Check = (value, at) => {
  const isKnown = value === "IPv4" || value === "IPv6";
  if (isKnown && !at.ipFamilies.includes(value)) at.invalid(`is ${value}; ${refuses(at)}`, familyHelp(at));
};

export const ipFamilies: Check = when(isExternalName, forbidden("when type is ExternalName"), [
  unique,
  each((value, at) => exactlyOneWordOf("IPv4", "IPv6")(value ?? "", at)),
  when(isFree, [], each(configured)),
]);

const fewerStacks: Check = (value, at) => {
  if (value !== undefined && value !== "SingleStack") return;
  const { ipFamilies: listed } = at.parent;
  const say = (what: string) =>
    at.invalid(`must be PreferDualStack or RequireDualStack with two ${what}`, "Set it, or remove one of them.");
  if (addressesOf(at.parent).length === 2) say("addresses");
  if (stringsIn(listed).length === 2) say("families");
};

const requiredStacks: Check = (value, at) => {
  if (value === "RequireDualStack" && at.ipFamilies.length < 2)
    at.invalid(`is RequireDualStack; ${refuses(at)}`, `Use PreferDualStack. ${declared}`);
};

export const ipFamilyPolicy: Check = when(isExternalName, absent("when type is ExternalName"), [
  exactlyOneWordOf("SingleStack", "PreferDualStack", "RequireDualStack"),
  when(isFree, (value, at) => (value === undefined ? undefined : fewerStacks(value, at)), fewerStacks),
  when(isFree, [], requiredStacks),
]);
