import type { Severity } from "../../core/finding.ts";
import { type JsonObject, stringAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { roleOf, subjectsOf } from "../lib/accounts.ts";

/** A RoleBinding to it is fine: it grants no more than the namespace, which is what a team's deployer needs. */
export const clusterAdmin = definePolicy({
  id: "security/cluster-admin",
  severity: "error",
  why: "cluster-admin may do everything everywhere: an attacker who breaks into one such pod owns the cluster. https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
  fix: "Bind a role with only the verbs and resources that are needed; a RoleBinding limits them to one namespace.",
  match: { apiVersion: "rbac.authorization.k8s.io/*", kind: "ClusterRoleBinding" },
  *check(binding): Generator<Violation> {
    const { kind, name } = roleOf(binding);
    if (kind !== "ClusterRole" || name !== "cluster-admin") return;
    for (const [index, subject] of subjectsOf(binding).entries()) {
      const severity = severityOf(subject);
      if (severity === undefined) continue;
      const who = `${subject.kind} ${stringAt(subject, "name")}`;
      const message = `ClusterRoleBinding ${binding.name} makes ${who} cluster-admin`;
      yield { pointer: `/subjects/${index}`, message, severity };
    }
  },
});

/** Some people need it; programs and system groups do not. system:masters has it in any case. */
function severityOf({ kind, name }: JsonObject): Severity | undefined {
  if (name === "system:masters") return undefined;
  return kind === "ServiceAccount" || String(name).startsWith("system:") ? "error" : "warning";
}
