import { stringAt } from "../../core/json.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { accountOf, isBound, subjectsOf } from "../lib/accounts.ts";
import { unlessMade } from "../lib/makers.ts";
import type { Named } from "../lib/named-references.ts";
import { valuesAt } from "../lib/places.ts";
import { isFragment, isRenderedIn, lookUp, missing } from "../lib/reference.ts";
import { indexOf } from "../lib/target.ts";

const operated = ["Prometheus", "PrometheusAgent", "Alertmanager", "ThanosRuler"];

/** `Admit` of k8s.io/kubernetes/plugin/pkg/admission/serviceaccount. */
export const serviceAccountMissing = definePolicy({
  id: "link/service-account-missing",
  severity: "error",
  why: "The API server rejects every pod whose ServiceAccount does not exist: the workload is created, but its pods never are. https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#serviceaccount-admission-controller",
  fix: "Add the ServiceAccount to this target, or correct its name.",
  match: { kind: [...podKinds, "RoleBinding", "ClusterRoleBinding", ...operated] },
  *check(resource, context): Generator<Violation> {
    if (isFragment(context)) return;
    yield* judgeSubjects(resource, context);
    yield* judgeOperated(resource, context);
    const pod = podOf(resource);
    if (pod === undefined) return;
    const field = pod.spec.serviceAccountName === undefined ? "serviceAccount" : "serviceAccountName";
    const name = stringAt(pod.spec, field);
    const named = { kind: "ServiceAccount", namespace: resource.namespace, name: name ?? "" };
    if (!name || lookUp(named, context) !== undefined) return;
    const violation = missing(named, `${resource.kind} ${resource.name}`, `${pod.specPointer}/${field}`, context);
    yield unlessMade(violation, named, context);
  },
});

/** Checks the kinds from which the Prometheus operator creates pods. */
function* judgeOperated(resource: Resource, context: TargetContext): Generator<Violation> {
  if (!operated.includes(resource.kind) || groupOf(resource.apiVersion) !== "monitoring.coreos.com") return;
  for (const { value, pointer } of valuesAt(resource.object, "spec/serviceAccountName")) {
    const named = { kind: "ServiceAccount", namespace: resource.namespace, name: String(value) };
    if (typeof value !== "string" || value === "" || lookUp(named, context) !== undefined) continue;
    yield unlessMade(missing(named, `${resource.kind} ${resource.name}`, pointer, context), named, context);
  }
}

/**
 * Warns of subjects that do not exist: an account that is created later has their rights. A target that renders no account
 * in the namespace does not tell which exist there, unless it shows which one was meant.
 */
function* judgeSubjects(binding: Resource, context: TargetContext): Generator<Violation> {
  if (!binding.kind.endsWith("RoleBinding")) return;
  for (const [index, { kind, ...subject }] of subjectsOf(binding).entries()) {
    const [name, namespace] = [stringAt(subject, "name"), stringAt(subject, "namespace")];
    if (kind !== "ServiceAccount" || !name || !namespace) continue;
    const named = { kind: "ServiceAccount", namespace, name };
    if (lookUp(named, context) !== undefined) continue;
    const by = `${binding.kind} ${binding.name}`;
    const near = elsewhere(named, binding, context);
    if (isRenderedIn(namespace, "ServiceAccount", context)) {
      const violation = unlessMade(missing(named, by, `/subjects/${index}/name`, context), named, context);
      yield { ...violation, severity: "warning" };
    } else if (near !== undefined) {
      const message = `${by} references ServiceAccount ${name} in namespace ${namespace}, which does not exist`;
      const help = `Did you mean ${near.name} in namespace ${near.namespace}?`;
      yield { pointer: `/subjects/${index}/namespace`, message, help, severity: "warning", wants: named };
    }
  }
}

/**
 * The account of the target that a subject in a namespace without any objects of the target means: the one of this name beside
 * the binding, if pods run as it and nothing else is granted to it, or, if kustomize has moved everything else into another namespace, the one whose name ends like this.
 */
function elsewhere({ name, namespace }: Named, binding: Resource, context: TargetContext): Resource | undefined {
  if (context.resources.some((one) => one.namespace === namespace)) return undefined;
  const accounts = indexOf(context).ofKind("ServiceAccount");
  const isUsed = (one: Resource) =>
    indexOf(context)
      .workloadsIn(one.namespace)
      .some(({ resource }) => accountOf(resource, context)?.resource === one);
  const beside = accounts.find(
    (one) =>
      one.name === name &&
      one.namespace === binding.namespace &&
      isUsed(one) &&
      !isBound(one.name, one.namespace, context),
  );
  const isMoved = context.kustomizations?.some(({ object }) => object.namespace !== undefined);
  return beside ?? (isMoved ? accounts.find((one) => one.name.endsWith(`-${name}`)) : undefined);
}
