import { isObject, type Json } from "../../core/json.ts";
import { each, from, onObject, rule, type TypeDemands, upTo, when } from "../../vocabulary/demand.ts";
import { maxItems } from "../../vocabulary/lists.ts";
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from "../../vocabulary/names.ts";
import { parseIp } from "../../vocabulary/network.ts";
import { absentIsZero, portNumber } from "../../vocabulary/numbers.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { isUnset, required, requiredBecause } from "../../vocabulary/presence.ts";
import { element, evenEmpty, exactlyOneWordOf, format, oneOf, textOf } from "../../vocabulary/text.ts";
import { address, canonicalAddress, canonicalV6, routableAddress } from "./address.ts";

const someAddress = onObject(({ addresses, notReadyAddresses }, at) => {
  if (isUnset(addresses) && isUnset(notReadyAddresses))
    at.say("Required", "needs addresses or notReadyAddresses", "Add at least one address.");
});

/** A name with at least two parts, which may end in a dot (`IsFullyQualifiedDomainName`). */
const domainName = format("a fully qualified domain name", "Use a name such as db.example.com.", (text) => {
  const name = text.replace(/\.$/, "");
  return dns1123Subdomain.fits(name) && name.includes(".") && name.split(".").every((part) => dns1123Label.fits(part));
});

const ofFamily =
  (length: 4 | 16): Check =>
  (value, at) => {
    const bytes = typeof value === "string" ? parseIp(value) : undefined;
    if (bytes !== undefined && bytes.length !== length)
      at.invalid(`is ${at.show(value)}, but addressType is IPv${length === 4 ? 4 : 6}`, "Make them agree.");
  };

/** From 1.33 on, IPv6 addresses must be in canonical form (`IsValidIP`). */
const canonicalForm: Check = (value, at) => {
  const bytes = typeof value === "string" ? parseIp(value) : undefined;
  const wanted = bytes?.length === 16 ? canonicalV6(bytes) : undefined;
  if (wanted !== undefined && value !== wanted)
    at.invalid(`is ${at.show(value)}; its canonical form is ${wanted}`, `Use ${wanted}.`);
};

/** `validateEndpoints`: the checks of addresses, by addressType. */
const addressesOfType: Readonly<Record<string, Check>> = {
  IPv4: each([...address, ofFamily(4), routableAddress, canonicalAddress]),
  IPv6: each([...address, ofFamily(16), routableAddress, from("1.33", canonicalForm), upTo("1.32", canonicalAddress)]),
  FQDN: each([(value: Json | undefined, at: Place) => requiredText(value, at), domainName, canonicalAddress]),
};

const requiredText: Check = (value, at) => {
  if (isUnset(value)) at.required();
};

const typedAddresses: Check = (value, at) => {
  const type = textOf(at.root.addressType);
  if (Object.hasOwn(addressesOfType, type)) addressesOfType[type]?.(value, at);
};

const deprecatedNames: Check = (value, at) => {
  if (value === "FQDN") at.warn("is FQDN, which is deprecated", "Use a Service of type ExternalName.");
};

/** A missing name counts as the empty one, so only one element can have no name. */
const distinctNames: Check = (value, at) => {
  const seen = new Set<string>();
  if (!Array.isArray(value)) return;
  value.forEach((element, index) => {
    const name = isObject(element) ? textOf(element.name) : "";
    if (seen.has(name)) at.beneath([index, "name"], () => at.duplicate(name));
    seen.add(name);
  });
};

const severalPorts = ({ ports }: { ports?: Json }) => Array.isArray(ports) && ports.length > 1;

/** https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/ */
export const endpoints: TypeDemands = {
  "core.v1.EndpointSubset": [
    someAddress,
    {
      ports: rule(
        "apply/port",
        when(severalPorts, each({ name: requiredBecause("when there are several ports", "Name each port.") })),
      ),
    },
  ],
  "core.v1.EndpointAddress": {
    ip: rule("apply/cidr", [...address, routableAddress, canonicalAddress]),
    hostname: dns1123Label,
    nodeName: evenEmpty(dns1123Subdomain),
  },
  "core.v1.EndpointPort": rule("apply/port", {
    name: dns1123Label,
    port: absentIsZero(portNumber),
    protocol: oneOf("TCP", "UDP", "SCTP"),
    appProtocol: evenEmpty(qualifiedName),
  }),

  "discovery.v1.EndpointSlice": {
    addressType: [required, oneOf("IPv4", "IPv6", "FQDN"), from("1.34", deprecatedNames)],
    endpoints: maxItems(1000),
    ports: rule("apply/port", [maxItems(20_000), distinctNames]),
  },
  "discovery.v1.Endpoint": {
    addresses: rule("apply/cidr", [required, maxItems(100), typedAddresses]),
    nodeName: evenEmpty(dns1123Subdomain),
    hostname: evenEmpty(dns1123Label),
  },
  "discovery.v1.EndpointHints": {
    forZones: [maxItems(8), distinctNames, each({ name: labelValue })],
    forNodes: from("1.34", [maxItems(8), distinctNames, each({ name: element(dns1123Subdomain) })]),
  },
  "discovery.v1.EndpointPort": rule("apply/port", {
    name: dns1123Label,
    protocol: exactlyOneWordOf("TCP", "UDP", "SCTP"),
    appProtocol: evenEmpty(qualifiedName),
  }),
};
