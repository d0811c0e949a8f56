import type { Severity } from "../../core/finding.ts";
import { type JsonObject, stringAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { roleOf, subjectsOf } from "../lib/accounts.ts";

/** In a namespace, a RoleBinding to it gives no more than the namespace: what a team's deployer needs. */
export const clusterAdmin = definePolicy({
  id: "security/cluster-admin",
  severity: "error",
  why: "cluster-admin may do everything everywhere: whoever breaks into one such pod has the cluster. https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
  fix: "Bind a role with the verbs and resources that are needed; a RoleBinding keeps them to one namespace.",
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

/** Some people must be; programs, and everybody, must not. The group of masters is by itself. */
function severityOf({ kind, name }: JsonObject): Severity | undefined {
  if (name === "system:masters") return undefined;
  return kind === "ServiceAccount" || String(name).startsWith("system:") ? "error" : "warning";
}
