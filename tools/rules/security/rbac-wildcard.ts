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
      const groups = isObject(rule) ? textsAt(rule, "apiGroups").filter(isOwn) : [];
      const [field, what] = (isObject(rule) && groups.length > 0 && wildcardIn(rule)) || [];
      if (field === undefined) continue;
      const where = groups.includes("*") ? "every group" : groups.map((group) => group || "the core group").join(", ");
      yield { pointer: `/rules/${index}/${field}`, message: `${role.kind} ${role.name} grants ${what} of ${where}` };
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

/** Groups that hold only measurements, and what leaders are elected and people told by. */
const harmlessGroups = ["coordination.k8s.io", "events.k8s.io", "metrics.k8s.io"];

/** The groups of Kubernetes itself, or all: `apps`, `networking.k8s.io`, the core group; not `gateway.networking.k8s.io`. */
function isOwn(group: string): boolean {
  if (harmlessGroups.includes(group)) return false;
  return group === "*" || !group.includes(".") || /^[a-z]+(?:\.apiserver)?\.k8s\.io$/.test(group);
}

function textsAt(rule: JsonObject, field: string): string[] {
  return listAt(rule, field).filter((one) => typeof one === "string");
}
