import { posix, resolve } from "node:path";
import { withAdditions } from "../../core/additions.ts";
import { isObject, type Json, type JsonObject, listAt } from "../../core/json.ts";
import type { Resource, Target } from "../../core/resource.ts";
import { objectOf, readKustomization } from "../../load/kustomization.ts";
import { kustomizationIn, kustomizationNames, shown } from "../../load/paths.ts";
import { positionOf } from "../../parse/position.ts";
import type { RenderedAs } from "../../render/additions.ts";
import { canonicalValue } from "../../render/canonical.ts";
import { tryKindOf } from "../../system/disk.ts";
import type { Read } from "../../trace/files.ts";
import type { Location } from "../findings.ts";
import { Sources, sourceReader } from "../sources.ts";
import type { Issue } from "../target/checked.ts";
import type { Variant } from "./variants.ts";

/** A variant, and the targets that it is made of. */
export interface Located {
  readonly variant: Variant;
  readonly target: Target;
  /** The target with the resource that adds something. */
  readonly adding: Target;
}

/**
 * Where to fix the issues of a variant: in the files of the target and of components, or in the resource that adds
 * something. In the order of the issues.
 */
export function locateAs(
  { variant, target, adding }: Located,
  { written }: Pick<RenderedAs, "written">,
  issues: readonly Issue[],
  cwd: string,
): (Location | undefined)[] {
  const sources = new Sources(cwd, undefined);
  const originals = issues.map((issue) => asWritten(issue, written));
  const plain = sources.locate({ target, issues: originals });
  const edited = editedOf(target, variant, [...written.values()], cwd);
  const withAdded = edited === undefined ? plain : locateIn(edited, originals, cwd);
  const added = ({ pointer, offset }: Added = { pointer: "" }) =>
    sources.trace(adding, [{ resource: variant.by.resource, pointer: `${variant.by.pointer}${pointer}`, offset }])[0];
  return issues.map(({ problem, resource }, index) => {
    if (problem.file !== undefined) return undefined;
    if (resource === undefined) return added();
    const [own, found] = [plain[index], withAdded[index]];
    if (edited === undefined || found === undefined || found.file !== edited.file) return found ?? own;
    const isOwn = own !== undefined && own.file === edited.file && own.line > 1;
    return isOwn ? own : added(addedAt(found.line, edited, variant));
  });
}

function asWritten(issue: Issue, written: ReadonlyMap<Resource, Resource>): Issue {
  const resource = issue.resource && (written.get(issue.resource) ?? issue.resource);
  return resource === undefined ? issue : { ...issue, resource };
}

/** The kustomization of a target as the controller writes it. */
export interface Edited {
  /** As shown in reports. */
  readonly folder: string;
  readonly file: string;
  readonly object: JsonObject;
  readonly text: string;
}

/** Undefined if the controller does not edit it. */
export function editedOf(
  { path, kind }: Target,
  { additions }: Variant,
  resources: readonly Resource[],
  cwd: string,
): Edited | undefined {
  if (Object.keys(additions.kustomization).length === 0) return undefined;
  const [folder, file] = kind === "kustomization" ? [path, kustomizationIn(resolve(cwd, path))] : placeIn(path, cwd);
  if (file === undefined) return undefined;
  const name = shown(cwd, file);
  const files = new Set(resources.flatMap(({ source }) => (source ? posix.relative(folder, source.file) : [])));
  const own = kind === "kustomization" ? objectOf(readKustomization(file, name)) : { resources: [...files] };
  const object = withAdditions(own, additions);
  return { folder, file: name, object, text: canonicalValue(object) };
}

/** The folder of manifests, and the kustomization that Flux generates in it. */
function placeIn(path: string, cwd: string): [folder: string, file: string] {
  const folder = tryKindOf(resolve(cwd, path)) === "folder" ? path : posix.dirname(path);
  return [folder, resolve(cwd, folder, kustomizationNames[0])];
}

/** Locations with the edited kustomization in place of what is in its file. */
function locateIn(edited: Edited, issues: readonly Issue[], cwd: string) {
  const sources = new Sources(cwd, undefined, readerOf(edited, cwd));
  const unread = issues.map(({ resource, ...issue }): Issue => {
    if (resource === undefined) return issue;
    const { source: _, ...rest } = resource;
    return { ...issue, resource: rest };
  });
  return sources.locate({ target: { path: edited.folder, kind: "kustomization" }, issues: unread });
}

/** Reads files of the repository, with the edited kustomization in place of its file. */
export function readerOf({ file, text }: Edited, cwd: string): Read {
  const read = sourceReader(cwd);
  return (path) => (path === file ? text : read(path));
}

/** The number of entries of a list in front of those that are added. */
export function entriesBefore(field: string, added: readonly Json[], { object }: Edited): number {
  return listAt(object, field).length - added.length;
}

/** A place in what a controller adds. */
interface Added {
  /** Relative to what holds the additions. */
  readonly pointer: string;
  /** The number of characters before the place in an inline patch. */
  readonly offset?: number;
}

/** The added field, the added entry of a list, or the line of an added patch that is written at a line. */
function addedAt(line: number, edited: Edited, { additions: { kustomization } }: Variant): Added {
  const places = Object.entries(kustomization).flatMap(([field, value]) => {
    if (!Array.isArray(value)) return { pointer: `/${field}`, place: `/${field}`, value };
    const before = entriesBefore(field, value, edited);
    return value.map((one, index) => ({
      pointer: `/${field}/${index}`,
      place: `/${field}/${before + index}`,
      value: one,
    }));
  });
  const lineOf = (place: string) => positionOf(edited.text, 0, place)?.line ?? 0;
  const [last] = places.filter(({ place }) => lineOf(place) <= line).sort((a, b) => lineOf(b.place) - lineOf(a.place));
  if (last === undefined) return { pointer: "" };
  const patch = isObject(last.value) ? last.value.patch : undefined;
  if (typeof patch !== "string") return { pointer: last.pointer === "/namespace" ? "/targetNamespace" : last.pointer };
  // A patch of several lines is written below its key.
  const above = patch.split("\n").slice(0, Math.max(0, line - lineOf(`${last.place}/patch`) - 1));
  return { pointer: `${last.pointer}/patch`, offset: above.reduce((sum, one) => sum + one.length + 1, 0) };
}
