import { maturity } from "../core/api-version.ts";
import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";

/**
 * The API server's deprecation warning for a version of a custom kind: the one in its definition, or one that names the
 * version to use. Undefined if the version is not deprecated.
 * `defaultDeprecationWarning` in k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go
 *
 * @param version an element of `versions` in the definition's `spec`
 */
export function deprecationOf(version: JsonObject, spec: JsonObject): string | undefined {
  if (version.deprecated !== true) return undefined;
  const given = stringAt(version, "deprecationWarning");
  if (given !== undefined) return given;
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
