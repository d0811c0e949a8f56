import { isObject, type JsonObject, stringsAt } from "../../core/json.ts";
import { isOneEditApart } from "../../core/nearest.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { apiResources } from "../../vocabulary/api-resources.ts";
import { definedIn, isFormOf, type Misnomer, misnamed, servedIn } from "../lib/defined-resources.ts";
import { valuesAt } from "../lib/places.ts";

/** Groups of other projects may have any resources: only those that the target defines are known. */
export const webhookRule = definePolicy({
  id: "link/webhook-rule",
  severity: "error",
  why: "The API server calls a webhook, or evaluates an admission policy, for requests with exactly the group, version and resource of its rules. A rule with a word that no request contains never applies, and nothing is checked. https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules",
  fix: "Use the plural in lower case that kubectl api-resources prints, with its group and a version that is served.",
  match: { apiVersion: "admissionregistration.k8s.io/*" },
  *check(resource, context): Generator<Violation> {
    for (const path of ["webhooks/*/rules/*", "spec/matchConstraints/resourceRules/*"])
      for (const { value, pointer } of valuesAt(resource.object, path)) {
        if (!isObject(value)) continue;
        for (const problem of problemsOf(value, context)) yield misnamed(resource, pointer, problem);
      }
  },
});

function* problemsOf(rule: JsonObject, context: TargetContext): Generator<Misnomer> {
  const [groups, versions] = [stringsAt(rule, "apiGroups"), stringsAt(rule, "apiVersions")];
  const defined = definedIn(context);
  for (const [index, group] of groups.entries()) {
    if (defined.has(group) || apiResources.has(group)) continue;
    const near = [...defined.keys()].find((one) => isOneEditApart(group, one));
    if (near)
      yield {
        at: `apiGroups/${index}`,
        what: `API group ${group}, which does not exist`,
        help: `Did you mean ${near}?`,
      };
  }
  const known = groups.map((group) => defined.get(group) ?? apiResources.get(group));
  if (groups.length === 0 || known.some((one) => one === undefined)) return;
  const names = known.flatMap((one) => [...(one?.keys() ?? [])]);
  const resources = stringsAt(rule, "resources");
  const where = groups.map((group) => group || "the core group").join(", ");
  for (const [index, resource] of resources.entries()) {
    const [name = "", part] = resource.split("/");
    const meant = name === "*" || names.includes(name) ? undefined : names.find((one) => isFormOf(name, one));
    const help = `Did you mean ${[meant, part].filter(Boolean).join("/")}?`;
    if (meant) yield { at: `resources/${index}`, what: `resource ${name}, which ${where} does not have`, help };
  }
  const served = groups.flatMap((group) =>
    resources.map((name) => servedIn(context).get(`${name.split("/")[0]}.${group}`)),
  );
  if (versions.includes("*") || served.some((some) => some === undefined || versions.some((one) => some.includes(one))))
    return;
  yield {
    at: "apiVersions",
    what: `version ${versions.join(", ")}, which is not served`,
    help: `The served versions: ${[...new Set(served.flat())].join(", ")}.`,
    // Another rule may be for the versions that are served.
    isMild: true,
  };
}
