import { didYouMean } from "../../core/nearest.ts";
import { definePolicy, type RepositoryViolation, type Violation } from "../../policy/define.ts";
import { namedReferences, namingKinds } from "../lib/named-references.ts";
import { isDeclared } from "../lib/provided.ts";
import { isFragment, isKnownHere, lookUp, missing } from "../lib/reference.ts";
import { missingOfFlux } from "../lib/sync/flux-references.ts";

/** What a controller answers to a name that leads nowhere: it waits, and says so in the status alone. */
export const referenceMissing = definePolicy({
  id: "link/reference-missing",
  severity: "error",
  why: "What names another resource waits until that is there: a certificate is not issued without its issuer, a secret not fetched without its store, a binding grants nothing without its role, a pod whose class of priority is not there is refused, a release or a Kustomization of Flux not made before its source and all that it depends on are there, an alert sent nowhere without its provider. https://cert-manager.io/docs/troubleshooting/, https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding, https://fluxcd.io/flux/components/helm/helmreleases/#dependencies",
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
  *checkRepository(repository): Generator<RepositoryViolation> {
    for (const reference of missingOfFlux(repository)) {
      if (isDeclared(reference, repository)) continue;
      const { target, resource, pointer, kind, name, others } = reference;
      const by = `${resource.kind} ${resource.name}`;
      const short = kind.split(".")[0];
      const message = `${by} names ${short} ${name}, and there is none in this repository${didYouMean(name, others)}`;
      const help = `Correct the name, or, where the cluster has it already, say so: cluster: [{ kind: ${short}, name: ${name} }] in gitops.yaml.`;
      yield { target: target.name, resource, pointer, message, help, missing: { what: `${kind} ${name}`, by } };
    }
  },
});
