import type { Resource } from "../../core/resource.ts";
import type { Scope } from "../../core/scope.ts";
import type { Violation } from "../../policy/define.ts";
import type { Kustomize } from "../../render/kustomize.ts";
import { beyondScope } from "../../rules/gitops/overlay-scope.ts";
import { loadSchemas } from "../../validate/index.ts";
import { type ScopeBases, scopesOf } from "./scope-bases.ts";

/** A target that scopes may apply to. */
interface Scoped {
  readonly name: string;
  readonly resources: readonly Resource[];
  readonly kustomize: Kustomize;
}

/** What a target changes beyond its scopes. */
export async function beyondScopes(
  { name, resources, kustomize }: Scoped,
  scopes: readonly Scope[],
  bases: ScopeBases,
): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const scope of scopesOf(name, scopes)) {
    const base = await bases.of(scope, kustomize);
    if (typeof base === "string")
      found.push({ pointer: "", message: `it cannot be compared with ${scope.against}: ${base}` });
    else found.push(...beyondScope(base, resources, scope, await loadSchemas()));
  }
  return found;
}
