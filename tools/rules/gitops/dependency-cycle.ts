import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { circles, dependents } from "../lib/sync/dependencies.ts";

/** `dependency '…' is not ready` of kustomize-controller and helm-controller, for ever. */
export const dependencyCycle = definePolicy({
  id: "gitops/dependency-cycle",
  severity: "error",
  why: "Flux applies a Kustomization or a HelmRelease only once all that it depends on is ready. Those that depend on each other in a circle, or on themselves, are never applied. https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies https://fluxcd.io/flux/components/helm/helmreleases/#dependencies",
  fix: "Remove one dependsOn of the circle, or move what both need into a third one that they depend on.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    const told = new Set<string>();
    for (const circle of circles(dependents(repository))) {
      const [first] = circle;
      const names = circle.map(({ on }) => on.resource.name);
      // An overlay has what its base has.
      const members = circle.map(({ by }) => `${by.resource.namespace}/${by.resource.name}`).sort();
      const key = JSON.stringify([first?.by.resource.kind, ...members]);
      if (first === undefined || told.has(key)) continue;
      told.add(key);
      const { resource, target } = first.by;
      const message =
        names.length > 1
          ? `${resource.kind} ${resource.name} depends on ${names.join(", which depends on ")}: none of them is ever applied`
          : `${resource.kind} ${resource.name} depends on itself, and is never applied`;
      yield { target: target.name, resource, pointer: first.pointer, message };
    }
  },
});
