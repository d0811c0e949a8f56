import { type LocatedProblem, resourceOf } from "../core/resource.ts";
import type { Closure } from "../load/closure.ts";
import { isComponent, type Kustomization, objectOf } from "../load/kustomization.ts";
import { positionOf } from "../parse/position.ts";
import { loadSchemas, supportedVersions, validate } from "../validate/index.ts";

/**
 * What is wrong with the kustomization files themselves of a target that kustomize refuses: it says `json: unknown field
 * "resource"`, without a line and of the first one only. Where it does not refuse, there is nothing to say.
 */
export async function kustomizationProblems({ kustomizations }: Closure): Promise<LocatedProblem[]> {
  const schemas = await loadSchemas([], ["kustomize.config.k8s.io"]);
  return kustomizations.flatMap((kustomization) => {
    const { problems } = validate(resourceOf(identified(kustomization)), { versions: supportedVersions, schemas });
    return problems.map((problem) => ({ ...problem, ...placeOf(kustomization, problem.pointer) }));
  });
}

/** kustomize needs neither apiVersion nor kind, and says itself what is wrong with those that are there. */
function identified(kustomization: Kustomization) {
  const [apiVersion, kind] = isComponent(kustomization)
    ? ["kustomize.config.k8s.io/v1alpha1", "Component"]
    : ["kustomize.config.k8s.io/v1beta1", "Kustomization"];
  return { ...objectOf(kustomization), apiVersion, kind };
}

function placeOf({ text, shown, documents }: Kustomization, pointer: string) {
  return { file: shown, ...positionOf(text, documents[0]?.index ?? 0, pointer) };
}
