import type { Resource, Target } from "../../core/resource.ts";
import type { Violation } from "../../policy/define.ts";
import type { Kustomize } from "../../render/kustomize.ts";
import { renderTarget } from "../../render/render.ts";
import { disparities } from "../../rules/gitops/renderer-parity.ts";

/** The differences between a rendered target and the output of other versions of kustomize. */
export async function rendererDifferences(
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
    const reason = problems[0]?.message ?? "it gives no reason";
    if (failed) found.push({ pointer: "", message: `${name} cannot render this target: ${reason}` });
    else found.push(...disparities(resources, other, name));
  }
  return found;
}
