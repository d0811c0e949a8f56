import { readdirSync, readFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import { load } from "js-yaml";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import { tokens } from "../../tools/core/pointer.ts";

/**
 * A change to the rendered objects. By `Kind/name`: values by pointer (null removes the value, `/-` appends to a list), or null
 * to remove the object. `add`: more manifests; `first` and `last`: the objects to apply before or after all others. `$spec`,
 * `$pod` and `$container` stand for the parts of a Deployment's template.
 */
export type Patch = Readonly<Record<string, Readonly<Record<string, Json>> | readonly Json[] | null>>;

/** How a cluster shows that a variant is broken, and that its fixed copy is not: see evidence.ts. */
export type Shown = Readonly<Record<string, string>>;

/** A guestbook that applies but does not work, and its fixed copy. */
export interface Variant {
  readonly name: string;
  /** The folder to render, next to this file. */
  readonly overlay: "dns" | "env" | "production";
  readonly rule: string;
  /** Where the rule finds the mistake: `Kind/name /pointer`. */
  readonly at: string;
  /** Other findings: `rule Kind/name /pointer`. */
  readonly also: readonly string[];
  /** Advice that is still found in the fixed copy. */
  readonly fixedAlso: readonly string[];
  readonly break: Patch;
  /** Applied on top of `break`. */
  readonly fix: Patch;
  readonly shows: Shown;
}

const folder = joinPath(import.meta.dirname, "variants");

/** The whole table, in the order of its files. */
export function readVariants(from = folder): Variant[] {
  return readdirSync(from)
    .sort()
    .flatMap((file) => load(readFileSync(joinPath(from, file), "utf8")) as Partial<Variant>[])
    .map((one) => ({ overlay: "dns", also: [], fixedAlso: [], ...one }) as Variant)
    .map(({ at, also, fixedAlso, ...rest }) => ({
      ...rest,
      at: longhand(at),
      also: also.map(longhand),
      fixedAlso: fixedAlso.map(longhand),
    }));
}

function longhand(pointer: string): string {
  return pointer
    .replace("$container", "$spec/containers/0")
    .replace("$spec", "/spec/template/spec")
    .replace("$pod", "/spec/template/metadata");
}

/** A changed copy of an overlay's objects. */
export function patched(objects: readonly JsonObject[], patch: Patch): JsonObject[] {
  const { add = [], first = [], last = [], ...changes } = patch as Readonly<Record<string, Json>> & Patch;
  const all = structuredClone([...objects, ...(add as JsonObject[])]);
  for (const [id, values] of Object.entries(changes)) {
    const index = all.findIndex((one) => idOf(one) === id);
    const found = all[index];
    if (found === undefined) throw new Error(`there is no ${id}`);
    if (values === null) all.splice(index, 1);
    else for (const [pointer, value] of Object.entries(values)) put(found, tokens(longhand(pointer)), value as Json);
  }
  const rank = (one: JsonObject) => (isIn(first, one) ? -1 : isIn(last, one) ? 1 : 0);
  return all.sort((a, b) => rank(a) - rank(b));
}

function isIn(ids: unknown, object: JsonObject): boolean {
  return (ids as readonly string[]).includes(idOf(object));
}

export function idOf({ kind, metadata }: JsonObject): string {
  return `${kind}/${(metadata as JsonObject).name}`;
}

/** Sets, appends or removes a value; missing parents are created. */
function put(object: JsonObject, path: readonly string[], value: Json): void {
  let holder: Record<string, Json> = object as Record<string, Json>;
  for (const key of path.slice(0, -1)) {
    holder[key] ??= {};
    holder = holder[key] as Record<string, Json>;
  }
  const last = path.at(-1) ?? "";
  if (Array.isArray(holder))
    holder.splice(last === "-" ? holder.length : Number(last), 1, ...(value === null ? [] : [value]));
  else if (value === null) delete holder[last];
  else holder[last] = structuredClone(value);
}

/** Whether a cluster can show that a variant is broken. */
export function isShown({ shows }: Variant): boolean {
  return !("unenforced" in shows || "unshown" in shows);
}
