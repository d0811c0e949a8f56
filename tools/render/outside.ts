import { dirname, resolve } from "node:path";
import { once } from "../core/once.ts";
import type { LocatedProblem } from "../core/resource.ts";
import type { Closure } from "../load/closure.ts";
import { type Kustomization, type Reference, referencesOf } from "../load/kustomization.ts";
import { fromOutside } from "../load/messages.ts";
import { isInside, shown } from "../load/paths.ts";
import { positionOf } from "../parse/position.ts";
import { realPath, tryKindOf } from "../system/disk.ts";

/**
 * The files outside its folder that a kustomization references, including through links in it: `RestrictionRootOnly` in
 * sigs.k8s.io/kustomize/api/internal/loader. Folders may be anywhere: they have their own kustomizations. Remembered,
 * as many targets share a base.
 */
export const outsideOf = once((kustomization: Kustomization): readonly Reference[] => {
  const folder = dirname(kustomization.file);
  const home = realPath(folder) ?? folder;
  return referencesOf(kustomization).references.filter(({ path }) => {
    const real = realPath(resolve(folder, path));
    return real !== undefined && tryKindOf(real) === "file" && !isInside(home, real);
  });
});

/** Whether a target needs `LoadRestrictionsNone`. */
export function loadsOutside({ kustomizations }: Closure): boolean {
  return kustomizations.some((kustomization) => outsideOf(kustomization).length > 0);
}

/**
 * The references of a target that `LoadRestrictionsRootOnly` rejects; references out of the repository are always
 * rejected.
 */
export function refusedOutside({ kustomizations, files }: Closure, cwd: string): LocatedProblem[] {
  const reached = new Set(files);
  const isReached = (kustomization: Kustomization, { path }: Reference) =>
    reached.has(resolve(dirname(kustomization.file), path));
  return kustomizations.flatMap((kustomization) =>
    outsideOf(kustomization)
      .filter((one) => isReached(kustomization, one))
      .map(({ path, pointer, document }) => ({
        rule: "render/failed",
        pointer,
        message: `${path} is not in or below ${shown(cwd, dirname(kustomization.file))}: kustomize does not read files outside a kustomization's folder`,
        help: fromOutside,
        file: kustomization.shown,
        ...positionOf(kustomization.text, document, pointer),
      })),
  );
}
