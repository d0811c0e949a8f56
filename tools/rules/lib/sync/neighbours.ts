import { once } from "../../../core/once.ts";
import type { RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import { controlPlanesOf } from "./control-planes.ts";
import { coveredBy, folderOf, isBelow } from "./covered.ts";

/** The targets that may define what a target needs of its control plane. */
interface Neighbours {
  /** The target itself, and the targets that this repository syncs to the same control plane. */
  readonly sure: readonly TargetFacts[];
  /** Also the targets with projects in a folder beside it, or beside one of its parents. */
  readonly all: readonly TargetFacts[];
}

/** Finds the neighbours of targets. */
export function neighbours(repository: RepositoryContext): (target: TargetFacts) => Neighbours {
  const planes = controlPlanesOf(repository).map((syncs) =>
    repository.targets.filter((target) =>
      syncs.some((sync) => sync.target === target || coveredBy(sync, target, repository).length > 0),
    ),
  );
  return once((target) => {
    const sure = [...new Set([target, ...planes.filter((plane) => plane.includes(target)).flat()])];
    const near = repository.targets.filter(({ projects, path }) => projects && isNear(folderOf(path), target.path));
    return { sure, all: [...new Set([...sure, ...near])] };
  });
}

/** The root of the repository does not count: it holds all sorts of things. */
function isNear(folder: string, path: string): boolean {
  return folder !== "." && isBelow(folder, path);
}
