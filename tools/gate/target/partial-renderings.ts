import { resolve } from "node:path";
import { groupBy } from "../../core/group.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { Target } from "../../core/resource.ts";
import { closure } from "../../load/closure.ts";
import { rootOf } from "../../load/paths.ts";
import { parseDocuments } from "../../parse/documents.ts";
import { resourcesOf } from "../../parse/resources.ts";
import { build, defaultLimits } from "../../render/build.ts";
import { canonical } from "../../render/canonical.ts";
import type { Kustomize } from "../../render/kustomize.ts";
import { withVersion } from "../../render/managed-by.ts";
import { type Edit, withStaged } from "../../render/staged.ts";
import { replayedLater } from "../../system/observe.ts";
import { digest } from "../../system/snapshot.ts";
import type { Step } from "../../trace/step.ts";

/** Identifies an entry of a kustomization. */
type EntryName = Pick<Step, "file" | "field" | "token">;

/** A key for an entry. */
export function idOf({ file, field, token }: EntryName): string {
  return JSON.stringify([file, field, token]);
}

/** The output of kustomize, as digests of its text and of its parsed resources. */
interface Rendering {
  readonly text: string;
  readonly meaning: () => Promise<string>;
}

/**
 * The output of kustomizations without some of their entries. Each combination is built once for all targets of a run,
 * since they share the users of components.
 */
export class PartialRenderings {
  readonly cwd: string;
  readonly #known = new Map<string, () => Promise<Rendering | undefined>>();

  constructor(cwd: string) {
    this.cwd = cwd;
  }

  /** Records the output of an unmodified kustomization, so that it is not built again. */
  know(user: string, kustomize: Kustomize, text: string): void {
    this.#known.set(keyOf(user, kustomize, []), async () => ({
      text: digest(text),
      meaning: async () => meaningOf(text),
    }));
  }

  /** Whether a kustomization renders the same without some entries. */
  async isSame(user: string, kustomize: Kustomize, left: readonly EntryName[]): Promise<boolean> {
    const without = await this.#rendering(user, kustomize, left);
    const before = without && (await this.#rendering(user, kustomize, []));
    if (without === undefined || before === undefined) return false;
    // A patch may write the same value in another style.
    return without.text === before.text || (await without.meaning()) === (await before.meaning());
  }

  /** Undefined if rendering fails. */
  async #rendering(user: string, kustomize: Kustomize, left: readonly EntryName[]): Promise<Rendering | undefined> {
    const key = keyOf(user, kustomize, left);
    const known = this.#known.get(key) ?? replayedLater(() => this.#build(user, kustomize, left));
    this.#known.set(key, known);
    return known();
  }

  async #build(user: string, kustomize: Kustomize, left: readonly EntryName[]): Promise<Rendering | undefined> {
    const target: Target = { path: user, kind: "kustomization" };
    const reached = closure(target, { cwd: this.cwd });
    if (reached.problems.length > 0) return undefined;
    const folder = resolve(this.cwd, user);
    const top = rootOf({ cwd: this.cwd }, folder);
    const make = (copy: string, temporary: string) => build(kustomize, copy, temporary, defaultLimits);
    const built = await withStaged(folder, reached, top, make, withoutEntries(left));
    if (!("text" in built)) return undefined;
    const text = withVersion(built.text, kustomize, reached.kustomizations);
    return { text: digest(text), meaning: async () => meaningOf(text) };
  }
}

function keyOf(user: string, { command }: Kustomize, left: readonly EntryName[]): string {
  return JSON.stringify([user, command, left.map(idOf).sort()]);
}

function meaningOf(text: string): string {
  return digest(canonical(resourcesOf(parseDocuments(text, "").documents).resources));
}

/** An edit that removes the entries from kustomizations. */
function withoutEntries(left: readonly EntryName[]): Edit {
  const byFile = groupBy(left, ({ file }) => file);
  return (kustomization, object) => {
    const entries = byFile.get(kustomization.shown);
    if (entries === undefined) return object;
    const edited = { ...object };
    for (const [field, some] of groupBy(entries, (entry) => entry.field)) {
      const rest = without(edited[field] as Json, new Set(some.map(({ token }) => token)));
      if (rest === undefined) delete edited[field];
      else edited[field] = rest;
    }
    return edited;
  };
}

function without(value: Json, tokens: ReadonlySet<number | string>): Json | undefined {
  if (Array.isArray(value)) {
    const rest = value.filter((_, index) => !tokens.has(index));
    return rest.length === 0 ? undefined : rest;
  }
  if (!isObject(value)) return value;
  const rest = Object.entries(value).filter(([key]) => !tokens.has(key));
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}
