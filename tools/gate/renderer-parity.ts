import type { Resource, Target } from "../core/resource.ts";
import type { Violation } from "../policy/define.ts";
import type { Kustomize } from "../render/kustomize.ts";
import { renderTarget } from "../render/render.ts";
import { disparities } from "../rules/gitops/renderer-parity.ts";

/** What other versions of kustomize make of a rendered target. */
export async function otherRenderings(
  target: Target,
  resources: readonly Resource[],
  others: readonly Kustomize[],
  cwd: string,
): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const kustomize of others) {
    const name = `kustomize ${kustomize.version}`;
    const modern = async () => undefined;
    const { failed, problems, resources: other } = await renderTarget(target, { cwd, kustomize, modern });
    const refusal = problems[0]?.message ?? "it says nothing";
    if (failed) found.push({ pointer: "", message: `${name} does not render this target: ${refusal}` });
    else found.push(...disparities(resources, other, name));
  }
  return found;
}
