import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { isOneEditApart } from "../../core/nearest.ts";
import type { Resource } from "../../core/resource.ts";
import type { Violation } from "../../policy/define.ts";
import { indexOf, perTarget } from "./target.ts";

/** A word of a rule, of a role or of a webhook, that no request contains. */
export interface Misnomer {
  /** Its place in the rule: `resources/0`. */
  readonly at: string;
  readonly what: string;
  readonly help: string;
  /** The rule may still do what it is for. */
  readonly isMild?: true;
}

/** The violation for a misnomer. @param pointer to the rule */
export function misnamed({ kind, name }: Resource, pointer: string, { at, what, help, isMild }: Misnomer): Violation {
  const message = `${kind} ${name} names ${what}`;
  return { pointer: `${pointer}/${at}`, message, help, ...(isMild && { severity: "warning" }) };
}

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
