import { isDeepStrictEqual } from "node:util";
import { isObject, type Json, objectAt, stringAt } from "../../core/json.ts";
import { at } from "../../core/pointer.ts";
import type { LocatedProblem, Resource } from "../../core/resource.ts";
import type { RenderedAs } from "../../render/additions.ts";
import { renderTarget } from "../../render/render.ts";
import type { RenderOptions } from "../../render/rendering.ts";
import { SharedBases } from "../../trace/accumulate.ts";
import { SourceFiles } from "../../trace/files.ts";
import { Observer } from "../../trace/observe.ts";
import { Sources } from "../sources.ts";
import type { Issue } from "../target/checked.ts";
import { type DeadEntry, suspectsAmong } from "../target/dead-entries.ts";
import { problemOf } from "../target/dead-patch.ts";
import { type Edited, editedOf, entriesBefore, type Located, readerOf } from "./locate.ts";

/**
 * The patches and images of a Kustomization or an Application that apply to nothing of the target at its path. As in a
 * kustomization, suspects are found by tracking what each entry does; they are dead if kustomize makes the same without them.
 */
export async function deadAdditions(
  { variant, target, adding }: Located,
  { text, failed, written }: RenderedAs,
  options: RenderOptions,
): Promise<Issue[]> {
  const { additions, by, written: resource } = variant;
  const hasEntries = Object.values(additions.kustomization).some(Array.isArray);
  if (failed || resource === undefined || target.kind !== "kustomization" || !hasEntries) return [];
  const edited = editedOf(target, variant, [...written.values()], options.cwd);
  if (edited === undefined) return [];
  const observer = new Observer({ files: new SourceFiles(readerOf(edited, options.cwd)), bases: new SharedBases() });
  observer.follow(target.path);
  const sources = new Sources(options.cwd, undefined);
  const found: Issue[] = [];
  // A value that a cluster sets again is not reported: it may keep the value if the default changes.
  for (const suspect of suspectsAmong(observer.steps()).filter(({ because }) => because === "nothing")) {
    const index = indexOf(suspect, edited, additions.kustomization[suspect.field]);
    if (index === undefined) continue;
    const list = `${by.pointer}/${suspect.field}`;
    const entry = at(by.resource.object, `${list}/${index}`);
    const place = placeOf(entry, at(resource.object, list));
    if (place < 0 || !(await isDead(suspect.field, index))) continue;
    const pointer = `${list}/${place}`;
    const [location] = sources.trace(adding, [{ resource, pointer }]);
    const plain = problemOf({ ...suspect, file: edited.file });
    const help = suspect.field === "patches" ? helpWithName(entry, written) : undefined;
    const problem: LocatedProblem = { ...plain, pointer, ...location, ...(help !== undefined && { help }) };
    found.push({ problem, resource });
  }
  return found;

  async function isDead(field: string, index: number): Promise<boolean> {
    const list = additions.kustomization[field] as readonly Json[];
    const kustomization = { ...additions.kustomization, [field]: list.filter((_, other) => other !== index) };
    const without = await renderTarget(target, { ...options, additions: { ...additions, kustomization } });
    return !without.failed && without.text === text;
  }
}

/** The index of an entry in a list as it is written; -1 if what applies the resource adds it. */
function placeOf(entry: Json | undefined, written: Json | undefined): number {
  return Array.isArray(written) ? written.findIndex((one) => isDeepStrictEqual(one, entry)) : -1;
}

/** What to do about a patch whose target has its name only after Flux has replaced variables. */
function helpWithName(patch: Json | undefined, written: RenderedAs["written"]): string | undefined {
  const target = isObject(patch) ? objectAt(patch, "target") : undefined;
  const [kind, name] = [stringAt(target, "kind"), stringAt(target, "name")];
  const isMeant = (made: Resource) => made.name === name && (kind === undefined || made.kind === kind);
  const meant = [...written].find(([made, before]) => made.name !== before.name && isMeant(made));
  if (meant === undefined) return undefined;
  const [made, before] = meant;
  return `Flux replaces variables after kustomize has run, which still sees the name ${before.name}: leave name out, and write target: { kind: ${made.kind} }.`;
}

/** The index of an entry among the added ones; undefined for other entries. */
function indexOf({ file, field, token }: DeadEntry, edited: Edited, added: Json | undefined): number | undefined {
  if (file !== edited.file || typeof token !== "number" || !Array.isArray(added)) return undefined;
  const index = token - entriesBefore(field, added, edited);
  return index >= 0 ? index : undefined;
}
