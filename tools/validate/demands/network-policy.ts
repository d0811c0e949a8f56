import { isObject } from "../../core/json.ts";
import { each, onObject, provided, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { isSubnet, parseCidr } from "../../vocabulary/network.ts";
import { isNumber, portNumber, portNumberOrName } from "../../vocabulary/numbers.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset, presentAmong, required } from "../../vocabulary/presence.ts";
import { absentIsEmpty, exactlyOneWordOf, textOf } from "../../vocabulary/text.ts";
import { addressRange, canonicalRange } from "./address.ts";

const policyTypes: Check = (value, at) => {
  if (Array.isArray(value) && value.length > 2)
    at.invalid("has more than two elements", "Keep Ingress, Egress, or both.");
  else each(absentIsEmpty(exactlyOneWordOf("Ingress", "Egress")))(value, at);
};

/** The last port of a range (`ValidateNetworkPolicyPort`). */
const endPort: Check = (value, at) => {
  const { port } = at.parent;
  if (!isNumber(value)) return;
  if (port === undefined || port === null)
    at.invalid("is set without port", "Set port to the first port of the range.");
  else if (!isNumber(port)) at.invalid("is set, but port is a name", "Remove it or set port to a number.");
  else {
    if (value < port) at.invalid(`is ${value}, below port (${port})`, "Set it to the last port of the range.");
    portNumber(value, at);
  }
};

/** Selectors or an IP block, not both (`ValidateNetworkPolicyPeer`). */
const peer = onObject((object, at) => {
  const [first] = presentAmong(object, ["podSelector", "namespaceSelector", "ipBlock"]);
  if (first === undefined) {
    at.say(
      "Required",
      "needs podSelector, namespaceSelector or ipBlock",
      "Add one of them; podSelector: {} selects all pods in the namespace.",
    );
  } else if (first !== "ipBlock" && isObject(object.ipBlock)) {
    at.forbidden("to combine ipBlock with a selector", "Use two elements: one with ipBlock, one with the selector.");
  }
});

/** Exceptions must lie within the range (`ValidateIPBlock`). */
const exceptions = onObject(({ cidr, except }, at) => {
  const whole = parseCidr(textOf(cidr));
  if (whole === undefined || !Array.isArray(except)) return;
  at.enter("except");
  except.forEach((text, index) => {
    const part = parseCidr(textOf(text));
    if (part === undefined || isSubnet(part, whole)) return;
    const refuse = () =>
      at.invalid(`is ${at.show(text)}, which is not within ${at.show(cidr)}`, "Use a smaller range within cidr.");
    at.under(index, refuse);
  });
  at.leave();
});

const range = [addressRange, canonicalRange];

/** https://kubernetes.io/docs/concepts/services-networking/network-policies/ */
export const networkPolicy: TypeDemands = {
  "networking.v1.NetworkPolicySpec": { policyTypes },
  "networking.v1.NetworkPolicyPort": rule("apply/port", {
    protocol: exactlyOneWordOf("TCP", "UDP", "SCTP"),
    port: portNumberOrName,
    endPort,
  }),
  "networking.v1.NetworkPolicyPeer": peer,
  "networking.v1.IPBlock": rule("apply/cidr", [
    { cidr: [required, provided((text) => !isUnset(text), range)], except: each(range) },
    exceptions,
  ]),
};
