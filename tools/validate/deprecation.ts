import { maturity } from "../core/api-version.ts";
import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";

/**
 * What an API server warns of who uses a version of a custom kind: what its definition says, or what is served in its place.
 * `defaultDeprecationWarning` in k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go
 *
 * @param version one of those that `spec`, the definition's, lists
 */
export function deprecationOf(version: JsonObject, spec: JsonObject): string | undefined {
  if (version.deprecated !== true) return undefined;
  const said = stringAt(version, "deprecationWarning");
  if (said !== undefined) return said;
  const [group, kind] = [stringAt(spec, "group"), stringAt(objectAt(spec, "names"), "kind")];
  const name = stringAt(version, "name") ?? "";
  const [newest] = listAt(spec, "versions")
    .filter(isObject)
    .filter(({ served, deprecated }) => served === true && deprecated !== true)
    .map((one) => stringAt(one, "name") ?? "")
    .filter((one) => maturity(one) > maturity(name))
    .sort((a, b) => maturity(b) - maturity(a));
  return `${group}/${name} ${kind} is deprecated${newest === undefined ? "" : `; use ${group}/${newest} ${kind}`}`;
}
