import { stringAt } from "../../core/json.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { isFragment, lookUp, missing } from "../lib/reference.ts";

/** `Admit` of k8s.io/kubernetes/plugin/pkg/admission/serviceaccount. */
export const serviceAccountMissing = definePolicy({
  id: "link/service-account-missing",
  severity: "error",
  why: "The API server refuses every pod whose ServiceAccount does not exist: the workload is there, its pods never are. https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#serviceaccount-admission-controller",
  fix: "Render the ServiceAccount with this target, or correct its name.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const pod = podOf(resource);
    if (pod === undefined || isFragment(context)) return;
    const field = pod.spec.serviceAccountName === undefined ? "serviceAccount" : "serviceAccountName";
    const name = stringAt(pod.spec, field);
    const named = { kind: "ServiceAccount", namespace: resource.namespace, name: name ?? "" };
    if (!name || lookUp(named, context) !== undefined) return;
    yield missing(named, `${resource.kind} ${resource.name}`, `${pod.specPointer}/${field}`, context);
  },
});
