import { definePolicy, type Violation } from "../../policy/define.ts";
import { namedReferences, namingKinds } from "../lib/named-references.ts";
import { isFragment, isKnownHere, lookUp, missing } from "../lib/reference.ts";

/** What a controller answers to a name that leads nowhere: it waits, and says so in the status alone. */
export const referenceMissing = definePolicy({
  id: "link/reference-missing",
  severity: "error",
  why: "What names another resource waits until that is there: a certificate is not issued without its issuer, a secret not fetched without its store, a binding grants nothing without its role, a pod whose class of priority is not there is refused. https://cert-manager.io/docs/troubleshooting/, https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding",
  fix: "Render it with this target, correct its name, or declare it under cluster in gitops.yaml.",
  match: { kind: namingKinds },
  *check(resource, context): Generator<Violation> {
    if (isFragment(context)) return;
    for (const reference of namedReferences(resource)) {
      if (!isKnownHere(reference, context) || lookUp(reference, context) !== undefined) continue;
      const own = reference.kind.split(".")[0] === resource.kind ? resource.name : "";
      const violation = missing(reference, `${resource.kind} ${resource.name}`, reference.pointer, context, own);
      yield reference.isMild ? { ...violation, severity: "warning" } : violation;
    }
  },
});
