import { isObject, type JsonObject, listAt, stringsAt } from "../../core/json.ts";
import { isOneEditApart } from "../../core/nearest.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { apiResources } from "../../vocabulary/api-resources.ts";
import { definedIn, isFormOf, type Misnomer, misnamed } from "../lib/defined-resources.ts";
import { isTypo } from "../lib/misspelt.ts";
import { lookUp } from "../lib/reference.ts";
import { indexOf } from "../lib/target.ts";

/** The authorizer compares texts: the API server accepts any. Groups of other projects may have any resources. */
export const roleResource = definePolicy({
  id: "link/role-resource",
  severity: "error",
  why: "RBAC compares groups, resources and verbs with those of a request, letter by letter. A rule with a word that no request contains grants nothing: the program gets 403 Forbidden. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources",
  fix: "Use the names that kubectl api-resources prints: the plural in lower case, with the group that has it.",
  match: { apiVersion: "rbac.authorization.k8s.io/*", kind: ["Role", "ClusterRole"] },
  *check(role, context): Generator<Violation> {
    const rules = listAt(role.object, "rules").map((rule) => (isObject(rule) ? rule : {}));
    for (const [index, rule] of rules.entries()) {
      if (listAt(rule, "resources").length === 0) continue;
      const problems = [...ofGroups(rule), ...ofResources(rule, rules, context), ...ofVerbs(rule)];
      yield* ofNames(rule, `/rules/${index}/resourceNames`, role, context);
      for (const problem of problems) yield misnamed(role, `/rules/${index}`, problem);
    }
  },
});

/** Only groups of Kubernetes itself have no dot. `extensions` was one of them. */
function* ofGroups(rule: JsonObject): Generator<Misnomer> {
  for (const [index, group] of stringsAt(rule, "apiGroups").entries()) {
    if (group === "*" || group === "extensions" || apiResources.has(group)) continue;
    const own = [...apiResources.keys()].find((one) => one.length > 5 && isOneEditApart(group, one));
    const what = `API group ${group}, which does not exist`;
    const at = `apiGroups/${index}`;
    if (group.includes("/")) yield { at, what, help: `Without the version: ${group.split("/")[0]}.` };
    else if (group === "core" || /^v\d/.test(group)) yield { at, what, help: 'The core group is "".' };
    else if (own !== undefined) yield { at, what, help: `Did you mean ${own}?` };
  }
}

function* ofResources(rule: JsonObject, rules: readonly JsonObject[], context: TargetContext): Generator<Misnomer> {
  const isOfAll = (one: JsonObject) =>
    stringsAt(one, "apiGroups").includes("*") && stringsAt(one, "resources").includes("*");
  if (rules.some(isOfAll)) return;
  const groups = stringsAt(rule, "apiGroups");
  const known = groups.map((group) => apiResources.get(group) ?? definedIn(context).get(group));
  if (groups.length === 0 || known.some((one) => one === undefined)) return;
  const resources = new Map(known.flatMap((one) => [...(one ?? [])]));
  const isBuiltIn = groups.every((group) => apiResources.has(group));
  const where = groups.map((group) => group || "the core group").join(", ");
  for (const [index, resource] of stringsAt(rule, "resources").entries()) {
    const [name = "", part] = resource.split("/");
    const at = `resources/${index}`;
    const parts = resources.get(name);
    if (name === "*") continue;
    if (parts !== undefined) {
      const near = part && !parts.includes(part) && parts.find((one) => isOneEditApart(one, part));
      if (near) yield { at, what: `resource ${resource}, which does not exist`, help: `Did you mean ${name}/${near}?` };
      continue;
    }
    const meant = [...resources.keys()].find((one) => isFormOf(name, one));
    const what = `resource ${resource}, which ${where} does not have`;
    if (meant !== undefined) yield { at, what, help: `Did you mean ${[meant, part].filter(Boolean).join("/")}?` };
    else if (isBuiltIn) yield* inAnotherGroup(name, at, what, rules);
  }
}

/** Roles often list more groups and resources than they need: only what no other rule grants is missing. */
function* inAnotherGroup(name: string, at: string, what: string, rules: readonly JsonObject[]): Generator<Misnomer> {
  const owners = [...apiResources].flatMap(([group, resources]) => (resources.has(name) ? [group] : []));
  const isGranted = rules.some((rule) => {
    const [groups, resources] = [stringsAt(rule, "apiGroups"), stringsAt(rule, "resources")];
    const has = owners.some((group) => groups.includes(group)) || groups.includes("*");
    return has && (resources.includes(name) || resources.includes("*"));
  });
  const [owner] = owners;
  if (owner !== undefined && !isGranted) yield { at, what, help: `It is in the group "${owner}".`, isMild: true };
}

const verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
const others = ["*", "use", "bind", "escalate", "impersonate", "approve", "sign", "attest"];
const wrong: Readonly<Record<string, string>> = {
  read: "get, list and watch",
  view: "get, list and watch",
  write: "create, update and patch",
  edit: "update and patch",
  modify: "update and patch",
  remove: "delete",
};

/** Other programs may ask for any verb. */
function* ofVerbs(rule: JsonObject): Generator<Misnomer> {
  for (const [index, verb] of stringsAt(rule, "verbs").entries()) {
    if (verbs.includes(verb) || others.includes(verb)) continue;
    const lower = verb.toLowerCase();
    const near = verbs.find((one) => one === lower || isOneEditApart(one, lower));
    const meant = wrong[lower] ?? near;
    const what = `verb ${verb}, which no request has`;
    if (meant !== undefined) yield { at: `verbs/${index}`, what, help: `Did you mean ${meant}?` };
  }
}

/** Programs may create what their role names: only a name with a typo is reported. */
function* ofNames(rule: JsonObject, pointer: string, role: Resource, context: TargetContext): Generator<Violation> {
  const resources = stringsAt(rule, "resources");
  const kinds = ["ConfigMap", "Secret"].filter((kind) => resources.includes(`${kind.toLowerCase()}s`));
  const [kind, other] = kinds;
  if (role.kind !== "Role" || kind === undefined || other !== undefined || resources.length > 1) return;
  const { ofKindIn } = indexOf(context);
  const names = ofKindIn(kind, role.namespace).map(({ name }) => name);
  for (const [index, name] of stringsAt(rule, "resourceNames").entries()) {
    const wants = { kind, namespace: role.namespace, name };
    const near = lookUp(wants, context) === undefined ? names.find((one) => isTypo(name, one)) : undefined;
    const message = `Role ${role.name} is about ${kind} ${name}, which does not exist`;
    if (near)
      yield { pointer: `${pointer}/${index}`, message, help: `Did you mean ${near}?`, severity: "warning", wants };
  }
}
