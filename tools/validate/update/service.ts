import { type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { isHeadless, typeOf } from "../demands/service-addresses.ts";
import { allocatedAddress, isAllocatedPort } from "../stored/service.ts";
import { immutable, refuse, type UpdateDemand, type UpdateDemands, whenOld } from "./demand.ts";

const spec = (service: JsonObject) => objectAt(service, "spec") ?? {};
const both = (holds: (spec: JsonObject) => boolean) => (old: JsonObject, next: JsonObject) =>
  holds(spec(old)) && holds(spec(next));

const isAddressed = both((one) => typeOf(one) !== "ExternalName");
const isBalanced = both((one) => typeOf(one) === "LoadBalancer");
const checksHealth = both((one) => typeOf(one) === "LoadBalancer" && one.externalTrafficPolicy === "Local");

const recreate = {
  wayOut: () =>
    "Revert the change, give the Service a new name, or delete it and let it be recreated: in the meantime, its clients cannot connect.",
};
const addressRule = {
  ...recreate,
  rule: "the address of a Service cannot change after it was allocated",
  allocated: (was?: Json) => (was === allocatedAddress ? "address" : undefined),
};
const healthPortRule = {
  ...recreate,
  allocated: (was?: Json, manifest?: JsonObject) => (isAllocatedPort(was, manifest) ? "port" : undefined),
};
const familyRule = {
  ...recreate,
  rule: "the first IP family of a Service cannot change, and the second can only be removed with ipFamilyPolicy: SingleStack",
};

/** Only the cluster knows the allocated address, so the new address may be the same. */
const mayBe = (was: Json, is: Json | undefined) => was === allocatedAddress && is !== "None";

/** The path of an address: a single address is usually given as `clusterIP`. */
function writtenAs(field: string, index: number, next: JsonObject): (string | number)[] {
  const isFirst = field === "clusterIPs" && index === 0 && listAt(spec(next), field).length === 1;
  return isFirst ? ["clusterIP"] : [field, index];
}

/** The first value cannot change; the second cannot change either and is released only with `SingleStack`. */
function primaryStays(
  field: "clusterIPs" | "ipFamilies",
  options: typeof addressRule | typeof familyRule,
): UpdateDemand {
  return (old, next, at) => {
    const [was, is] = [listAt(spec(old), field), listAt(spec(next), field)];
    const changed = was.findIndex(
      (value, index) => index < is.length && is[index] !== value && !mayBe(value, is[index]),
    );
    if (changed >= 0) refuse(["spec", ...writtenAs(field, changed, next)], old, `spec.${field}`, options, at);
    if (was.length > is.length && spec(next).ipFamilyPolicy !== "SingleStack")
      refuse(["spec", "ipFamilyPolicy"], old, "spec.ipFamilyPolicy", familyRule, at);
  };
}

/** `validateUpgradeDowngradeClusterIPs`; unless the Service stays headless. */
const addresses = whenOld(
  (old, next) => isAddressed(old, next) && !(isHeadless(spec(old)) && isHeadless(spec(next))),
  primaryStays("clusterIPs", addressRule),
);

/** `validateUpgradeDowngradeIPFamilies` */
const families = whenOld(
  (old, next) => isAddressed(old, next) && !isHeadless(spec(old)) && !isHeadless(spec(next)),
  primaryStays("ipFamilies", familyRule),
);

/** `initIPFamilyFields`: the rule for the second family also applies to headless Services. */
const secondFamily: UpdateDemand = whenOld(
  (old, next) => isAddressed(old, next) && isHeadless(spec(old)) && isHeadless(spec(next)),
  (old, next, at) => {
    const lengths: number[] = [old, next].map((one) => listAt(spec(one), "ipFamilies").length);
    const policy: Json | undefined = spec(next).ipFamilyPolicy;
    if (lengths[0] === 2 && lengths[1] === 1 && policy !== "SingleStack")
      refuse(["spec", "ipFamilyPolicy"], old, "spec.ipFamilyPolicy", familyRule, at);
  },
);

/** `ValidateServiceUpdate`: https://kubernetes.io/docs/concepts/services-networking/service/ */
export const services: UpdateDemands = {
  "core.v1.Service": [
    addresses,
    families,
    secondFamily,
    whenOld(isBalanced, immutable("spec.loadBalancerClass", recreate)),
    whenOld(checksHealth, immutable("spec.healthCheckNodePort", healthPortRule)),
  ],
};
