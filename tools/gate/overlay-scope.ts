import { join } from "node:path";
import { glob } from "../core/glob.ts";
import type { Resource, Target } from "../core/resource.ts";
import type { Scope } from "../core/scope.ts";
import { closure } from "../load/closure.ts";
import { shown } from "../load/paths.ts";
import type { Violation } from "../policy/define.ts";
import type { Kustomize } from "../render/kustomize.ts";
import { renderTarget } from "../render/render.ts";
import { beyondScope } from "../rules/gitops/overlay-scope.ts";
import { loadSchemas } from "../validate/index.ts";

/** A target that a scope is about. */
export interface Scoped {
  readonly name: string;
  readonly target: Target;
  readonly resources: readonly Resource[];
  readonly kustomize: Kustomize;
}

/** The scopes that are about a target, by its name. */
export function scopesOf(name: string, scopes: readonly Scope[]): Scope[] {
  return scopes.filter(({ match }) => [match].flat().some((pattern) => glob(pattern, "[^/]*").test(name)));
}

/** What targets change beyond their scopes, by the name of the target. What they are held against is rendered once. */
export async function beyondScopes(
  targets: readonly Scoped[],
  scopes: readonly Scope[],
  { cwd, root }: { readonly cwd: string; readonly root: string },
): Promise<[string, Violation][]> {
  const bases = new Map<string, readonly Resource[] | string>();
  const found: [string, Violation][] = [];
  for (const { name, resources, kustomize } of targets) {
    for (const scope of scopesOf(name, scopes)) {
      const path = shown(cwd, join(root, scope.against));
      const base = bases.get(path) ?? (await rendered(path, kustomize, cwd));
      bases.set(path, base);
      const violations =
        typeof base === "string"
          ? [{ pointer: "", message: `it cannot be held against ${scope.against}: ${base}` }]
          : beyondScope(base, resources, scope, await loadSchemas());
      for (const violation of violations) found.push([name, violation]);
    }
  }
  return found;
}

/** The resources of a kustomization, or why there are none. */
async function rendered(path: string, kustomize: Kustomize, cwd: string): Promise<readonly Resource[] | string> {
  const target: Target = { path, kind: "kustomization" };
  if (closure(target, { cwd }).kustomizations.length === 0) return `${path} is no folder with a kustomization`;
  const { failed, problems, resources } = await renderTarget(target, { cwd, kustomize });
  return failed ? (problems[0]?.message ?? "it does not render") : resources;
}
