import type { LocatedProblem } from "../core/resource.ts";
import { field, type Kustomization, objectOf } from "../load/kustomization.ts";
import { positionOf } from "../parse/position.ts";

/** The problem of a target without a single resource. */
export function emptyRender(file: string): LocatedProblem {
  const words =
    file === "-"
      ? { message: "standard input contains no manifests", help: "Pipe manifests into it, e.g. from helm template." }
      : { message: "renders to nothing", help: "List resources in it, or remove it." };
  return { rule: "schema/empty-render", pointer: "", ...words, file };
}

/** The warning about a kustomization that says itself that it has no resources; undefined if it does not. */
export function deliberatelyEmpty(kustomization: Kustomization): LocatedProblem | undefined {
  const object = objectOf(kustomization);
  const [resources] = field(object, "resources");
  const isAlone = Object.keys(object).every((key) => key === resources?.key || described.has(key));
  if (!isAlone || !Array.isArray(resources?.value) || resources.value.length > 0) return undefined;
  const pointer = `/${resources.key}`;
  return {
    rule: "schema/empty-render",
    severity: "warning",
    pointer: "",
    message: "renders to nothing: its list of resources is empty",
    help: "If nothing should be applied, remove the kustomization and what applies it.",
    file: kustomization.shown,
    ...positionOf(kustomization.text, kustomization.documents[0]?.index ?? 0, pointer),
  };
}

/** Fields that say nothing about resources. */
const described = new Set(["apiVersion", "kind", "metadata"]);
