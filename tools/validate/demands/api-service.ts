import { isObject } from "../../core/json.ts";
import { onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { dns1035Label, dns1123Subdomain } from "../../vocabulary/names.ts";
import { absentIsZero, portNumber, range } from "../../vocabulary/numbers.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset, required } from "../../vocabulary/presence.ts";
import { evenEmpty, textOf } from "../../vocabulary/text.ts";

/** An APIService is named after its version and group. */
const namedByVersion = onObject(({ metadata, spec }, at) => {
  const { version, group } = isObject(spec) ? spec : {};
  const wanted = `${textOf(version)}.${textOf(group)}`;
  const advice = textOf(version) === "" ? "Set spec.version, and name it after that." : `Name it ${wanted}.`;
  for (const field of ["name", "generateName"]) {
    const name = isObject(metadata) ? textOf(metadata[field]) : "";
    const refuse = () => at.invalid(`is ${at.show(name)}; it must be <version>.<group>`, advice);
    if (name !== "" && name !== wanted) at.beneath(["metadata", field], refuse);
  }
});

const group: Check = (value, at) => {
  if (textOf(value) === "" && at.parent.version !== "v1") at.required("unless version is v1, that of the core group");
};

/** TLS settings only apply to an API that a Service serves, not to one of the API server itself. */
const onlyRemote: Check = (value, at) => {
  if (!isUnset(value) && (at.parent.service ?? undefined) === undefined)
    at.invalid("is set without a service", "Set service, or remove the field.");
};

const orBundle: Check = (value, at) => {
  const hasService = (at.parent.service ?? undefined) !== undefined;
  if (hasService && value === true && !isUnset(at.parent.caBundle))
    at.invalid("is true together with caBundle", "Keep only caBundle.");
};

/** https://kubernetes.io/docs/tasks/extend-kubernetes/setup-extension-api-server/ (`ValidateAPIService`) */
export const apiService: TypeDemands = {
  "apiregistration.v1.APIService": rule("apply/name", namedByVersion),
  "apiregistration.v1.APIServiceSpec": {
    group: [group, dns1123Subdomain],
    version: (value, at) => evenEmpty(dns1035Label)(value ?? "", at),
    groupPriorityMinimum: absentIsZero(range(1, 20_000)),
    versionPriority: absentIsZero(range(1, 1000)),
    caBundle: onlyRemote,
    insecureSkipTLSVerify: [onlyRemote, orBundle],
  },
  "apiregistration.v1.ServiceReference": {
    namespace: required,
    name: required,
    port: rule("apply/port", portNumber),
  },
};
