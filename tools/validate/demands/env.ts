import { isObject, type JsonObject } from "../../core/json.ts";
import { type Demand, from, onObject, rule, type TypeDemands, upTo } from "../../vocabulary/demand.ts";
import { storedText } from "../../vocabulary/go-quantity.ts";
import {
  configKey,
  dns1123Label,
  dns1123Subdomain,
  dns1123SubdomainStart,
  environmentName,
  isQualifiedName,
  strictEnvironmentName,
} from "../../vocabulary/names.ts";
import { noBacksteps } from "../../vocabulary/paths.ts";
import type { Check } from "../../vocabulary/place.ts";
import { exactlyOneOf, isUnset, presentAmong, required } from "../../vocabulary/presence.ts";
import { quantityOf } from "../../vocabulary/quantity.ts";
import { element, oneOf, textOf } from "../../vocabulary/text.ts";

const sources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

/** `validateEnvVarValueFrom`. */
const valueOrSource = onObject((object, at) => {
  const { value: text, valueFrom } = object;
  if (!isObject(valueFrom) || isUnset(text) || presentAmong(valueFrom, sources).length === 0) return;
  at.under("valueFrom", () => at.excluded("value", "Invalid", "is set together with value"));
});

/** The fields of a pod that can be in environment variables. */
const fieldsForEnv = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];

/** The fields of a pod that can be in files. */
export const fieldsForFiles = [
  "metadata.name",
  "metadata.namespace",
  "metadata.labels",
  "metadata.annotations",
  "metadata.uid",
];

/** A field of the pod: one of `fields`, or a label or annotation by its key (`validateObjectFieldSelector`). */
export function podField(fields: readonly string[]): Check {
  return (value, at) => {
    if (!isObject(value)) return;
    at.under("apiVersion", () => oneOf("v1")(value.apiVersion ?? undefined, at));
    const path = textOf(value.fieldPath);
    const [, subscripted, key] = /^((?:(?!\[').)*)\['(.*)'\]$/.exec(path) ?? [];
    at.under("fieldPath", () => {
      if (path === "") at.required();
      else if (subscripted === undefined) listed(path, fields, at);
      else if (subscripted !== "metadata.labels" && subscripted !== "metadata.annotations") {
        at.invalid(`is ${at.show(path)}, but only labels and annotations have keys`, "Use metadata.labels['key'].");
      } else if (!isQualifiedName(subscripted === "metadata.labels" ? textOf(key) : textOf(key).toLowerCase())) {
        at.invalid(`is ${at.show(path)}, which has an invalid key`, "Use the key of a label or annotation.");
      }
    });
  };
}

function listed(path: string, fields: readonly string[], at: Parameters<Check>[1]): void {
  // spec.host is the old name of spec.nodeName.
  const current = path === "spec.host" ? "spec.nodeName" : path;
  if (!fields.includes(current)) at.notSupported(path, fields);
}

const resources = ["cpu", "memory", "ephemeral-storage"].flatMap((name) => [`limits.${name}`, `requests.${name}`]);

const divisors = {
  cpu: ["1m", "1"],
  other: ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"],
};

/** A limit or request of a container, which a file must name (`validateContainerResourceFieldSelector`). */
export function containerResource(inFile: boolean): Check {
  return (value, at) => {
    if (!isObject(value)) return;
    const resource = textOf(value.resource);
    const isHugePages = /^(limits|requests)\.hugepages-/.test(resource);
    if (inFile && isUnset(value.containerName)) at.under("containerName", () => at.required());
    else if (resource === "") at.under("resource", () => at.required());
    else if (!resources.includes(resource) && !isHugePages) {
      at.under("resource", () => at.notSupported(resource, resources));
    }
    if (resources.includes(resource) || isHugePages) at.under("divisor", () => divisor(resource, value, at));
  };
}

function divisor(resource: string, { divisor: given }: JsonObject, at: Parameters<Check>[1]): void {
  const quantity = quantityOf(given);
  if (quantity === undefined || quantity === 0n) return;
  const allowed = resource.endsWith(".cpu") ? divisors.cpu : divisors.other;
  if (!allowed.includes(storedText(given))) at.notSupported(given, allowed);
}

const keyOfObject = { name: element(dns1123Subdomain), key: [required, configKey] };

const variableName: Demand = [upTo("1.31", strictEnvironmentName), from("1.32", environmentName)];

/** https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/ */
export const env: TypeDemands = {
  "core.v1.EnvVar": rule("apply/env", [valueOrSource, { name: [required, variableName] }]),
  "core.v1.EnvVarSource": rule("apply/env", [
    exactlyOneOf(...sources),
    { fieldRef: podField(fieldsForEnv), resourceFieldRef: containerResource(false) },
  ]),
  "core.v1.ConfigMapKeySelector": rule("apply/env", keyOfObject),
  "core.v1.SecretKeySelector": rule("apply/env", keyOfObject),
  "core.v1.FileKeySelector": rule("apply/env", {
    key: [required, environmentName],
    volumeName: [required, dns1123Label],
    path: [required, noBacksteps],
  }),
  "core.v1.EnvFromSource": rule("apply/env", [
    exactlyOneOf("configMapRef", "secretRef"),
    {
      prefix: variableName,
      configMapRef: { name: [required, dns1123SubdomainStart] },
      secretRef: { name: [required, dns1123SubdomainStart] },
    },
  ]),
};
