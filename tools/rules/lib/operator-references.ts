import { isObject, type Json, type JsonObject, stringAt } from "../../core/json.ts";
import { join } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import type { ConfigReference } from "./config-references.ts";
import { groupKind } from "./target.ts";

type Sort = ConfigReference["kind"];

/** Where a kind names a Secret or a ConfigMap: a path, `*` for every item of a list, that ends at a name or at `{ name, key }`. */
type Place = readonly [kind: Sort, path: string];

const tls: Place[] = [
  ["Secret", "tlsConfig/ca/secret"],
  ["ConfigMap", "tlsConfig/ca/configMap"],
  ["Secret", "tlsConfig/cert/secret"],
  ["ConfigMap", "tlsConfig/cert/configMap"],
  ["Secret", "tlsConfig/keySecret"],
];
const client: Place[] = [
  ["Secret", "basicAuth/username"],
  ["Secret", "basicAuth/password"],
  ["Secret", "authorization/credentials"],
  ["Secret", "bearerTokenSecret"],
  ...tls,
];
const below = (prefix: string, places: readonly Place[]) =>
  places.map(([kind, path]): Place => [kind, `${prefix}/${path}`]);

/**
 * Fields of operators' kinds that must be there before the operator does anything.
 * https://gateway-api.sigs.k8s.io/reference/spec/, https://prometheus-operator.dev/docs/api-reference/api/,
 * https://cert-manager.io/docs/reference/api-docs/
 */
const places: Readonly<Record<string, readonly Place[]>> = {
  "Gateway.gateway.networking.k8s.io": [["Secret", "spec/listeners/*/tls/certificateRefs/*"]],
  "ServiceMonitor.monitoring.coreos.com": below("spec/endpoints/*", client),
  "PodMonitor.monitoring.coreos.com": below("spec/podMetricsEndpoints/*", client),
  "Probe.monitoring.coreos.com": below("spec", client),
  "Issuer.cert-manager.io": [["Secret", "spec/ca/secretName"]],
};

/** The kinds that {@link operatorReferences} reads. */
export const operatorKinds = Object.keys(places).map((kind) => kind.slice(0, kind.indexOf(".")));

/** The Secrets and ConfigMaps of its own namespace that a custom resource names. */
export function operatorReferences(resource: Resource): ConfigReference[] {
  const kind = groupKind(resource);
  const known = Object.hasOwn(places, kind) ? (places[kind] ?? []) : [];
  return known.flatMap(([sort, path]) => found(resource.object, path.split("/"), sort, ""));
}

function found(value: Json | undefined, path: readonly string[], kind: Sort, pointer: string): ConfigReference[] {
  const [step, ...rest] = path;
  if (step === undefined) return reference(value, kind, pointer);
  if (step === "*")
    return Array.isArray(value) ? value.flatMap((item, index) => found(item, rest, kind, join(pointer, index))) : [];
  return isObject(value) && Object.hasOwn(value, step) ? found(value[step], rest, kind, join(pointer, step)) : [];
}

function reference(value: Json | undefined, kind: Sort, pointer: string): ConfigReference[] {
  if (typeof value === "string") return value === "" ? [] : [{ kind, name: value, optional: false, pointer }];
  if (!isObject(value) || !isOfKind(value, kind)) return [];
  const [name, key] = [stringAt(value, "name"), stringAt(value, "key")];
  if (!name) return [];
  const whole = { kind, name, optional: value.optional === true, pointer: `${pointer}/name` };
  return [key ? { ...whole, key, keyPointer: `${pointer}/key` } : whole];
}

/** A reference may say what it is to; one into another namespace depends on a grant there. */
function isOfKind({ kind, group, namespace }: JsonObject, wanted: Sort): boolean {
  return (kind ?? wanted) === wanted && (group ?? "") === "" && namespace === undefined;
}
