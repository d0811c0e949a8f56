import { isObject, type JsonObject, listAt, stringsAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";

/** Resources that controllers use for leader election and to publish events. */
const harmless = ["configmaps", "events", "leases"];

/** A wildcard on an operator's own API group is fine: it holds nobody else's kinds. */
export const rbacWildcard = definePolicy({
  id: "security/rbac-wildcard",
  severity: "error",
  why: "A wildcard grants more than intended: Secrets, the right to extend one's own rights, and whatever later versions add. https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
  fix: "List only the verbs and resources that are needed.",
  match: { apiVersion: "rbac.authorization.k8s.io/*", kind: ["Role", "ClusterRole"] },
  *check(role): Generator<Violation> {
    for (const [index, rule] of listAt(role.object, "rules").entries()) {
      const groups = isObject(rule) ? stringsAt(rule, "apiGroups").filter(isOwn) : [];
      const [field, what] = (isObject(rule) && groups.length > 0 && wildcardIn(rule)) || [];
      if (field === undefined) continue;
      const where = groups.includes("*") ? "every group" : groups.map((group) => group || "the core group").join(", ");
      yield { pointer: `/rules/${index}/${field}`, message: `${role.kind} ${role.name} grants ${what} in ${where}` };
    }
  },
});

function wildcardIn(rule: JsonObject): readonly [field: string, what: string] | undefined {
  const [verbs, resources] = [stringsAt(rule, "verbs"), stringsAt(rule, "resources")];
  const isAllVerbs = verbs.includes("*");
  const broad = resources.find((one) => one === "*" || one.endsWith("/*"));
  if (broad !== undefined) {
    const of = broad === "*" ? "every resource" : broad;
    return ["resources", isAllVerbs ? `every verb on ${of}` : `${verbs.join(", ")} on ${of}`];
  }
  const open = resources.filter((one) => !harmless.includes(one));
  return isAllVerbs && open.length > 0 ? ["verbs", `every verb on ${open.join(", ")}`] : undefined;
}

/** Groups with nothing but metrics, leases for leader election, and events. */
const harmlessGroups = ["coordination.k8s.io", "events.k8s.io", "metrics.k8s.io"];

/** Whether a group is `*` or belongs to Kubernetes itself: `apps`, `networking.k8s.io`, the core group; not `gateway.networking.k8s.io`. */
function isOwn(group: string): boolean {
  if (harmlessGroups.includes(group)) return false;
  return group === "*" || !group.includes(".") || /^[a-z]+(?:\.apiserver)?\.k8s\.io$/.test(group);
}
