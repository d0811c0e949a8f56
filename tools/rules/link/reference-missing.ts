import type { RepositoryContext } from "../../core/repository.ts";
import { definePolicy, type RepositoryViolation, type Violation } from "../../policy/define.ts";
import { namedReferences, namingKinds } from "../lib/named-references.ts";
import { isDeclared } from "../lib/provided.ts";
import { isFragment, isKnownHere, lookUp, missing } from "../lib/reference.ts";
import { missingOfFlux } from "../lib/sync/flux-references.ts";
import { lostHealthChecks } from "../lib/sync/health-checks.ts";

/** A controller waits for a missing reference, and only reports it in the status. */
export const referenceMissing = definePolicy({
  id: "link/reference-missing",
  severity: "error",
  why: "A resource that references a missing one does not work: a certificate is not issued without its issuer, a secret is not fetched without its store, a binding grants nothing without its role, a pod is rejected without its PriorityClass, a Flux release or Kustomization is not applied without its source and dependencies and never ready without what it checks, and an alert is not sent without its provider. https://cert-manager.io/docs/troubleshooting/, https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding, https://fluxcd.io/flux/components/helm/helmreleases/#dependencies",
  fix: "Add the missing resource to this target, correct its name, or declare it under cluster in gitops.yaml.",
  match: { kind: namingKinds },
  *check(resource, context): Generator<Violation> {
    if (isFragment(context)) return;
    for (const reference of namedReferences(resource)) {
      if (!isKnownHere(reference, context) || lookUp(reference, context) !== undefined) continue;
      const own = reference.kind.split(".")[0] === resource.kind ? resource.name : "";
      const violation = missing(reference, `${resource.kind} ${resource.name}`, reference.pointer, context, own);
      const isUnsure = reference.isMild || (reference.isShared && reference.isElsewhere);
      yield isUnsure ? { ...violation, severity: "warning" } : violation;
    }
  },
  *checkRepository(repository): Generator<RepositoryViolation> {
    for (const reference of missingOfFlux(repository)) {
      if (isDeclared(reference, repository)) continue;
      const { target, resource, pointer, kind, name, lack, isMild } = reference;
      const by = `${resource.kind} ${resource.name}`;
      const short = kind.split(".")[0];
      const message = `${by} references ${short} ${name}, which ${lack}`;
      const help = `Correct the name, or, if the cluster already has it, declare it: cluster: [{ kind: ${short}, name: ${name} }] in gitops.yaml.`;
      const violation = {
        target: target.name,
        resource,
        pointer,
        message,
        help,
        missing: { what: `${kind} ${name}`, by },
      };
      yield isMild ? { ...violation, severity: "warning" } : violation;
    }
    yield* ofHealthChecks(repository);
  },
});

/** What is not applied may still be created by something else. */
function* ofHealthChecks(repository: RepositoryContext): Generator<RepositoryViolation> {
  for (const check of lostHealthChecks(repository)) {
    if (isDeclared(check, repository)) continue;
    const { sync, kind, name, namespace, pointer, instead } = check;
    const { target, resource } = sync;
    const by = `Kustomization ${sync.name}`;
    const what = `${kind.split(".")[0]} ${namespace ? `${namespace}/` : ""}${name}`;
    const message = `${by} waits for ${what}, which it does not apply${instead === undefined ? "" : `: ${instead}`}`;
    const help =
      "Name an object that the Kustomization applies, with its API version and namespace, or set wait: true to check all of them.";
    const violation = { target: target.name, resource, pointer, message, help };
    yield { ...violation, severity: instead === undefined ? "warning" : "error", missing: { what, by } };
  }
}
