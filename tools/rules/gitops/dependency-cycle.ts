import { distinctBy } from "../../core/group.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { type Cycle, cycles, dependents } from "../lib/sync/dependencies.ts";

/** kustomize-controller and helm-controller report `dependency '…' is not ready`, forever. */
export const dependencyCycle = definePolicy({
  id: "gitops/dependency-cycle",
  severity: "error",
  why: "Flux applies a Kustomization or a HelmRelease only once everything it depends on is ready. Resources that depend on each other in a circle, or on themselves, are never applied. https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies https://fluxcd.io/flux/components/helm/helmreleases/#dependencies",
  fix: "Remove one dependsOn from the circle, or move what both need into a third resource that both depend on.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    for (const cycle of distinctBy(cycles(dependents(repository)), idOf)) {
      const [first] = cycle;
      if (first === undefined) continue;
      const names = cycle.map(({ on }) => on.resource.name);
      const { resource, target } = first.by;
      const message =
        names.length > 1
          ? `${resource.kind} ${resource.name} depends on ${names.join(", which depends on ")}: none of them is ever applied`
          : `${resource.kind} ${resource.name} depends on itself and is never applied`;
      yield { target: target.name, resource, pointer: first.pointer, message };
    }
  },
});

/** The kind and the names of its members: an overlay repeats the cycles of its base. */
function idOf(cycle: Cycle): string {
  const members = cycle.map(({ by }) => `${by.resource.namespace}/${by.resource.name}`).sort();
  return JSON.stringify([cycle[0]?.by.resource.kind, ...members]);
}
