import { join } from "node:path";
import type { Resource, Target } from "../../core/resource.ts";
import type { Scope } from "../../core/scope.ts";
import { closure } from "../../load/closure.ts";
import { shown } from "../../load/paths.ts";
import { isAbout } from "../../policy/levels.ts";
import type { Kustomize } from "../../render/kustomize.ts";
import { renderTarget } from "../../render/render.ts";
import { replayedLater } from "../../system/observe.ts";

type Base = readonly Resource[] | string;

/** The scopes that apply to a target, by its name. */
export function scopesOf(name: string, scopes: readonly Scope[]): Scope[] {
  return scopes.filter((scope) => isAbout(scope, name));
}

/** The bases that scopes compare overlays with, each rendered once. */
export class ScopeBases {
  readonly #cwd: string;
  readonly #root: string;
  readonly #known = new Map<string, () => Promise<Base>>();

  /** @param options the working directory, and the absolute folder that scopes are relative to */
  constructor({ cwd, root }: { readonly cwd: string; readonly root: string }) {
    this.#cwd = cwd;
    this.#root = root;
  }

  /** The resources of a scope's base, or an error message. */
  of({ against }: Scope, kustomize: Kustomize): Promise<Base> {
    const path = shown(this.#cwd, join(this.#root, against));
    const key = [path, ...kustomize.command].join("\n");
    const known = this.#known.get(key) ?? replayedLater(() => rendered(path, kustomize, this.#cwd));
    this.#known.set(key, known);
    return known();
  }
}

async function rendered(path: string, kustomize: Kustomize, cwd: string): Promise<Base> {
  const target: Target = { path, kind: "kustomization" };
  if (closure(target, { cwd }).kustomizations.length === 0) return `${path} is not a folder with a kustomization`;
  const { failed, problems, resources } = await renderTarget(target, { cwd, kustomize });
  return failed ? (problems[0]?.message ?? "it does not render") : resources;
}
