import { isObject, type JsonObject, listAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";

/** What a controller elects its leader by, and tells people by. */
const harmless = ["configmaps", "events", "leases"];

/** An operator may do everything to the kinds that it brings itself: nobody else's are among them. */
export const rbacWildcard = definePolicy({
  id: "security/rbac-wildcard",
  severity: "error",
  why: "A wildcard grants what nobody had in mind: Secrets, the right to give oneself more rights, and whatever later versions add. https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
  fix: "List the verbs and resources that are needed.",
  match: { apiVersion: "rbac.authorization.k8s.io/*", kind: ["Role", "ClusterRole"] },
  *check(role): Generator<Violation> {
    for (const [index, rule] of listAt(role.object, "rules").entries()) {
      if (!isObject(rule) || !textsAt(rule, "apiGroups").some(isOwn)) continue;
      const [field, what] = wildcardIn(rule) ?? [];
      if (field === undefined) continue;
      yield { pointer: `/rules/${index}/${field}`, message: `${role.kind} ${role.name} grants ${what}` };
    }
  },
});

function wildcardIn(rule: JsonObject): readonly [field: string, what: string] | undefined {
  const [verbs, resources] = [textsAt(rule, "verbs"), textsAt(rule, "resources")];
  const isAllVerbs = verbs.includes("*");
  const broad = resources.find((one) => one === "*" || one.endsWith("/*"));
  if (broad !== undefined) {
    const of = broad === "*" ? "every resource" : broad;
    return ["resources", isAllVerbs ? `every verb on ${of}` : `${verbs.join(", ")} on ${of}`];
  }
  const open = resources.filter((one) => !harmless.includes(one));
  return isAllVerbs && open.length > 0 ? ["verbs", `every verb on ${open.join(", ")}`] : undefined;
}

/** The groups of Kubernetes itself: `apps`, `networking.k8s.io`, the core group, and all of them. */
function isOwn(group: string): boolean {
  return group === "*" || !group.includes(".") || group.endsWith(".k8s.io");
}

function textsAt(rule: JsonObject, field: string): string[] {
  return listAt(rule, field).filter((one) => typeof one === "string");
}
