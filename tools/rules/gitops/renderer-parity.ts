import type { Resource } from "../../core/resource.ts";
import { resourceId } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { fieldDifferences } from "../../validate/differences.ts";

/** Checked when there is a second `--kustomize`: see tools/gate/target/renderer-parity.ts. */
export const rendererParity = definePolicy({
  id: "gitops/renderer-parity",
  severity: "error",
  why: "Argo CD, Flux, kubectl and a developer's kustomize are often different versions: if they render a target differently, what was reviewed is not what is applied.",
  fix: "Change it so that both versions render the same (kustomize's release notes list the changes), or use the same version everywhere.",
});

/** The differences between two renders, resource by resource in any order. Messages show no values: they may be secret. */
export function disparities(one: readonly Resource[], other: readonly Resource[], name: string): Violation[] {
  const others = new Map(other.map((resource) => [resourceId(resource), resource]));
  const ids = new Set(one.map(resourceId));
  const changed = one.flatMap((resource): Violation[] => {
    const counterpart = others.get(resourceId(resource));
    if (counterpart === undefined) return [{ resource, pointer: "", message: `${name} does not render this resource` }];
    const [first, ...rest] = fieldDifferences(counterpart.object, resource.object, undefined);
    if (first === undefined) return [];
    const more = rest.length > 0 ? ` and ${rest.length} more` : "";
    return [{ resource, pointer: first.pointer, message: `${name} renders ${first.path}${more} differently` }];
  });
  const added = other.filter((resource) => !ids.has(resourceId(resource)));
  return [...changed, ...added.map((one) => ({ pointer: "", message: `${name} also renders ${resourceId(one)}` }))];
}
