import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { isOneEditApart } from "../../core/nearest.ts";
import { indexOf, perTarget } from "./target.ts";

/** Whether a name is a resource in the singular or with capitals, or has a typo. */
export function isFormOf(name: string, resource: string): boolean {
  const lower = name.toLowerCase();
  const plurals = [lower, `${lower}s`, `${lower}es`, lower.replace(/y$/, "ies")];
  return name !== resource && (plurals.includes(resource) || (name.length > 3 && isOneEditApart(lower, resource)));
}

/** The resources that CustomResourceDefinitions of the target define, by group. */
export const definedIn = perTarget((context) => {
  const defined = new Map<string, Map<string, readonly string[]>>();
  for (const { object } of indexOf(context).ofKind("CustomResourceDefinition.apiextensions.k8s.io")) {
    const spec = objectAt(object, "spec");
    const [group, plural] = [stringAt(spec, "group"), stringAt(objectAt(spec, "names"), "plural")];
    if (!group || !plural) continue;
    defined.set(group, (defined.get(group) ?? new Map()).set(plural, ["status", "scale", "finalizers"]));
  }
  return defined;
});

/** The versions of each resource that CustomResourceDefinitions of the target serve, by `plural.group`. */
export const servedIn = perTarget((context) => {
  const definitions = indexOf(context).ofKind("CustomResourceDefinition.apiextensions.k8s.io");
  return new Map(
    definitions.map(({ name, object }) => [
      name,
      listAt(objectAt(object, "spec"), "versions").flatMap((one) =>
        isObject(one) && one.served === true ? [stringAt(one, "name") ?? ""] : [],
      ),
    ]),
  );
});
