import { podKinds, podOf } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { accountOf } from "../lib/accounts.ts";
import { placeIn } from "../lib/containers.ts";

/** Without a token, an account is only a name. */
export const defaultServiceAccount = definePolicy({
  id: "security/default-service-account",
  severity: "warning",
  why: "All pods of a namespace that name no account share the one called default: a right granted to one is granted to all, and audit logs cannot tell them apart. https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
  fix: "Give the workload its own ServiceAccount, or set automountServiceAccountToken: false if it does not call the API.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const account = accountOf(resource, context);
    const pod = podOf(resource);
    if (account?.name !== "default" || account.token === "none" || pod === undefined) return;
    yield {
      pointer: placeIn(pod.specPointer, pod.spec, "serviceAccountName"),
      message: `pods of ${resource.kind} ${resource.name} get the token of the account that all pods of their namespace share by default`,
    };
  },
});
