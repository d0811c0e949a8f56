import { podKinds, podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { accountOf, hasLooseRoles, isBound } from "../lib/accounts.ts";

/** An account that is defined elsewhere may also get its rights there. */
export const serviceAccountToken = definePolicy({
  id: "security/service-account-token",
  severity: "warning",
  why: "An attacker who breaks into a container finds the token of its account and can do everything that the account may do. https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
  fix: "Set automountServiceAccountToken: false for the pod, or true if its programs do call the API.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const account = accountOf(resource, context);
    const pod = podOf(resource);
    // A role and its binding may be in what is not rendered.
    if (account === undefined || pod === undefined || account.token !== "default" || context.isPartial) return;
    const isKnown = account.name === "default" || (account.resource !== undefined && !hasLooseRoles(context).is);
    if (!isKnown || isBound(account.name, resource.namespace, context) || usesToken(resource)) return;
    const message = `pods of ${resource.kind} ${resource.name} get a token for the API, but nothing grants account ${account.name} any rights`;
    yield { pointer: pod.specPointer, message };
  },
});

/** Whether an injected agent presents the token to its server. https://developer.hashicorp.com/vault/docs/platform/k8s/injector */
function usesToken(resource: Resource): boolean {
  return Object.keys(podOf(resource)?.annotations ?? {}).some((key) => key.startsWith("vault.hashicorp.com/"));
}
