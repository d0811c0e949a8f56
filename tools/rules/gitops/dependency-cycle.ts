import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { circles, dependents } from "../lib/sync/dependencies.ts";

/** kustomize-controller and helm-controller report `dependency '…' is not ready`, forever. */
export const dependencyCycle = definePolicy({
  id: "gitops/dependency-cycle",
  severity: "error",
  why: "Flux applies a Kustomization or a HelmRelease only once everything it depends on is ready. Resources that depend on each other in a circle, or on themselves, are never applied. https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies https://fluxcd.io/flux/components/helm/helmreleases/#dependencies",
  fix: "Remove one dependsOn from the circle, or move what both need into a third resource that both depend on.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    const reported = new Set<string>();
    for (const circle of circles(dependents(repository))) {
      const [first] = circle;
      const names = circle.map(({ on }) => on.resource.name);
      // An overlay repeats the circles of its base.
      const members = circle.map(({ by }) => `${by.resource.namespace}/${by.resource.name}`).sort();
      const key = JSON.stringify([first?.by.resource.kind, ...members]);
      if (first === undefined || reported.has(key)) continue;
      reported.add(key);
      const { resource, target } = first.by;
      const message =
        names.length > 1
          ? `${resource.kind} ${resource.name} depends on ${names.join(", which depends on ")}: none of them is ever applied`
          : `${resource.kind} ${resource.name} depends on itself and is never applied`;
      yield { target: target.name, resource, pointer: first.pointer, message };
    }
  },
});
