import { groupByEach } from "../../core/group.ts";
import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { indexOf, mayBeSameNamespace, perTarget } from "./target.ts";

/** The account that pods run as, and whether its token is mounted into them. */
interface Account {
  readonly name: string;
  /** Undefined if the target does not render it. */
  readonly resource: Resource | undefined;
  /** `asked`: mounting it is requested explicitly; `default`: nothing is set. */
  readonly token: "none" | "asked" | "default";
}

/** `ServiceAccount.Admit` in k8s.io/kubernetes/plugin/pkg/admission/serviceaccount: the setting of the pod takes precedence. */
export function accountOf(resource: Resource, context: TargetContext): Account | undefined {
  const spec = podOf(resource)?.spec;
  if (spec === undefined) return undefined;
  const name = stringAt(spec, "serviceAccountName") || stringAt(spec, "serviceAccount") || "default";
  const account = indexOf(context).find("ServiceAccount", resource.namespace, name);
  const written = spec.automountServiceAccountToken ?? account?.object.automountServiceAccountToken ?? null;
  return { name, resource: account, token: written === null ? "default" : written === false ? "none" : "asked" };
}

/** Whether a binding of the target grants something to an account. */
export function isBound(name: string, namespace: string | undefined, context: TargetContext): boolean {
  return bindingsOf(name, namespace, context).length > 0;
}

/** The rules of the target's roles that its bindings in a namespace grant to an account there. */
export function rulesOf(name: string, namespace: string | undefined, context: TargetContext): JsonObject[] {
  return bindingsOf(name, namespace, context)
    .filter((binding) => binding.kind === "ClusterRoleBinding" || mayBeSameNamespace(binding.namespace, namespace))
    .flatMap((binding) => {
      const role = roleOf(binding);
      const where = role.kind === "Role" ? binding.namespace : undefined;
      return listAt(indexOf(context).find(`${role.kind}.${group}`, where, role.name)?.object, "rules").filter(isObject);
    });
}

const group = "rbac.authorization.k8s.io";

/** The bindings of a target. */
export const bindingsIn = perTarget<readonly Resource[]>((context) =>
  ["RoleBinding", "ClusterRoleBinding"].flatMap((kind) => indexOf(context).ofKind(`${kind}.${group}`)),
);

/** The bindings that grant something to an account. */
function bindingsOf(name: string, namespace: string | undefined, context: TargetContext): readonly Resource[] {
  const bindings = bindingsByAccount(context);
  const some = new Set([name, anyAccount].flatMap((account) => bindings.get(account) ?? []));
  return [...some].filter((binding) => subjectsOf(binding).some((subject) => isAbout(subject, name, namespace)));
}

/** Stands for all accounts of a namespace, or of all. */
const anyAccount = "";

const bindingsByAccount = perTarget((context) =>
  groupByEach(bindingsIn(context), (binding) => new Set(subjectsOf(binding).map(accountNamed))),
);

function accountNamed(subject: JsonObject): string {
  const name = stringAt(subject, "name") ?? "";
  return subject.kind === "ServiceAccount" ? name : (name.split(":")[3] ?? anyAccount);
}

/** Whether the target has a role without a binding: the binding is then elsewhere. */
export const hasLooseRoles = perTarget<{ readonly is: boolean }>((context) => {
  const bound = new Set(bindingsIn(context).map((binding) => JSON.stringify(roleOf(binding))));
  const roles = ["Role", "ClusterRole"].flatMap((kind) => indexOf(context).ofKind(`${kind}.${group}`));
  return {
    is: roles.some((role) => !isAggregated(role) && !bound.has(JSON.stringify({ kind: role.kind, name: role.name }))),
  };
});

/** Whether its rules become part of another role. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles */
function isAggregated({ object }: Resource): boolean {
  const labels = objectAt(objectAt(object, "metadata"), "labels") ?? {};
  return Object.keys(labels).some((key) => key.includes("/aggregate-to-"));
}

/** The subjects of a binding. */
export function subjectsOf({ object }: Resource): JsonObject[] {
  return listAt(object, "subjects").filter(isObject);
}

/** The role that a binding grants: `cluster-admin`. */
export function roleOf({ object }: Resource): { readonly kind: string; readonly name: string } {
  const ref = objectAt(object, "roleRef");
  return { kind: stringAt(ref, "kind") ?? "", name: stringAt(ref, "name") ?? "" };
}

/** Users and groups may stand for accounts, too: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects */
function isAbout(subject: JsonObject, name: string, namespace: string | undefined): boolean {
  const called = stringAt(subject, "name") ?? "";
  if (subject.kind === "ServiceAccount")
    return called === name && mayBeSameNamespace(stringAt(subject, "namespace"), namespace);
  const [system, sort, where, account] = called.split(":");
  if (system !== "system" || !mayBeSameNamespace(where, namespace)) return false;
  return subject.kind === "Group" ? sort === "serviceaccounts" : sort === "serviceaccount" && account === name;
}
