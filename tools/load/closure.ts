import { dirname, isAbsolute, join as joinPaths, resolve } from "node:path";
import { append } from "../core/append.ts";
import { isObject, type Json } from "../core/json.ts";
import { at, join, tokens } from "../core/pointer.ts";
import { normalizedUrl, pathWithin } from "../core/repository-url.ts";
import type { LocatedProblem, Target } from "../core/resource.ts";
import { remotesOf } from "../git/remotes.ts";
import { parseDocuments } from "../parse/documents.ts";
import { readText } from "../parse/file.ts";
import { positionOf } from "../parse/position.ts";
import { brokenLinkAt, type PathKind, realPath, tryKindOf } from "../system/disk.ts";
import { aspects, note } from "../system/observe.ts";
import {
  field,
  fold,
  isComponent,
  type Kustomization,
  modernInReplacements,
  type Reference,
  readKustomization,
  referencesOf,
} from "./kustomization.ts";
import * as words from "./messages.ts";
import { isInside, kustomizationIn, kustomizationNames, rootOf, shown, type Workspace } from "./paths.ts";
import { checkPlugin } from "./plugins.ts";
import { isRemote } from "./remote.ts";

/** All local files that a kustomization target reaches, found without running kustomize. */
export interface Closure {
  /**
   * Absolute, sorted, without duplicates: kustomizations, resources, patches, generator inputs. A link is listed along
   * with its target.
   */
  readonly files: readonly string[];
  /** In the order in which they are reached, starting with the target's own. */
  readonly kustomizations: readonly Kustomization[];
  /** The real paths of folders that are reached through links, by the paths that name them. */
  readonly links: ReadonlyMap<string, string>;
  /** Reasons not to render: kustomize would fail, or would read or run something that it must not. */
  readonly problems: readonly LocatedProblem[];
  /** The absolute paths where nothing is, by the problems about them. */
  readonly absent: ReadonlyMap<LocatedProblem, string>;
  /** The entries that this gate does not evaluate, and that only add resources; each has one of the problems. */
  readonly leftOut: readonly LeftOut[];
  /** Fields that this walk does not know, as `file: field`. If there are any, `files` may be incomplete. */
  readonly unknownFields: readonly string[];
  /** Fields that need kustomize 5, as `file: field`. */
  readonly modern: readonly string[];
}

/** A field of a kustomization, or an item of a list: charts, a plugin or a function, or something remote. */
export interface LeftOut extends Place {
  readonly kustomization: Kustomization;
}

/** The fields whose entries change nothing that other entries add, folded. */
const adding = new Set(
  (
    "resources bases generators validators helmcharts helmglobals helmchartinflationgenerator configmapgenerator " +
    "secretgenerator"
  ).split(" "),
);

/** The state and results of a walk. */
interface Walk {
  readonly workspace: Workspace;
  readonly root: string;
  readonly files: Set<string>;
  readonly links: Map<string, string>;
  /** By the real paths of their folders. */
  readonly kustomizations: Map<string, Kustomization>;
  /** Folders that were followed as plugin configurations. */
  readonly pluginFolders: Set<string>;
  readonly problems: LocatedProblem[];
  readonly absent: Map<LocatedProblem, string>;
  readonly leftOut: LeftOut[];
  readonly unknownFields: string[];
  readonly modern: string[];
}

/** A kustomization that the walk visits, and the way to it. */
interface Visit {
  readonly kustomization: Kustomization;
  /** Real paths of folders, from the target's to this one. */
  readonly path: readonly string[];
  /** Whether resources that are reached from here configure plugins. */
  readonly plugins: boolean;
}

/** A longer chain of bases could overflow the stack. */
const maxChain = 200;

/**
 * Walks everything that a kustomization target reaches, and reports what must not be rendered: remote bases, anything
 * outside the repository (also through symbolic links), plugins and functions, cycles, missing files.
 *
 * @throws UserError if a file exists but cannot be read.
 */
export function closure(target: Target, workspace: Workspace): Closure {
  const folder = resolve(workspace.cwd, target.path);
  const walk: Walk = {
    workspace,
    root: rootOf(workspace, folder),
    files: new Set(),
    links: new Map(),
    kustomizations: new Map(),
    pluginFolders: new Set(),
    problems: [],
    absent: new Map(),
    leftOut: [],
    unknownFields: [],
    modern: [],
  };
  enter(walk, realPath(folder) ?? folder, [], false);
  noteAll(walk);
  const { links, problems, absent, leftOut, unknownFields, modern } = walk;
  const [files, kustomizations] = [[...walk.files].sort(), [...walk.kustomizations.values()]];
  return { files, links, kustomizations, problems, absent, leftOut, unknownFields, modern };
}

/** Notes what kustomize will read, and all names of a kustomization file: kustomize rejects a folder that has two. */
function noteAll({ files, kustomizations, unknownFields, root }: Walk): void {
  if (unknownFields.length > 0) note(root, aspects.below);
  for (const file of files) note(file, aspects.kind | aspects.place | aspects.content);
  for (const { file } of kustomizations.values())
    for (const name of kustomizationNames) note(joinPaths(dirname(file), name), aspects.kind | aspects.place);
}

/** Reads the kustomization of a folder, given by its real path, and follows its references. */
function enter(walk: Walk, folder: string, path: readonly string[], plugins: boolean): void {
  const known = walk.kustomizations.get(folder);
  if (known !== undefined && (!plugins || walk.pluginFolders.has(folder))) return;
  const kustomization = known ?? open(walk, folder);
  if (kustomization === undefined) return;
  if (plugins) walk.pluginFolders.add(folder);
  follow(walk, { kustomization, path: [...path, folder], plugins });
}

function open(walk: Walk, folder: string): Kustomization | undefined {
  const file = kustomizationIn(folder);
  if (file === undefined) return undefined;
  const name = shown(walk.workspace.cwd, file);
  const real = realPath(file) ?? file;
  if (!isInside(walk.root, real)) {
    walk.problems.push({ ...words.outside(name, rootName(walk)), pointer: "", file: name, line: 1, column: 1 });
    return undefined;
  }
  const read = walk.workspace.read;
  const kustomization = read?.get(file) ?? readKustomization(file, name);
  read?.set(file, kustomization);
  walk.kustomizations.set(folder, kustomization);
  walk.files.add(file).add(real);
  append(walk.problems, kustomization.problems);
  return kustomization;
}

function follow(walk: Walk, visit: Visit): void {
  const found = referencesOf(visit.kustomization);
  const named = (field: string) => `${visit.kustomization.shown}: ${field}`;
  append(walk.unknownFields, found.unknownFields.map(named));
  append(walk.modern, found.modern.map(named));
  for (const place of found.helm) leaveOut(walk, visit, place, words.program("helm"));
  for (const { values, ...place } of found.inlinePlugins) checkPlugins(walk, visit, place, values);
  for (const reference of found.references) reach(walk, visit, reference);
}

type Place = Pick<Reference, "pointer" | "document">;

function report(walk: Walk, { kustomization }: Visit, place: Place, said: words.Words): LocatedProblem {
  const position = positionOf(kustomization.text, place.document, place.pointer);
  const problem = { ...said, pointer: place.pointer, file: kustomization.shown, ...position };
  walk.problems.push(problem);
  return problem;
}

/** Reports an entry that is not evaluated by design. The target may be rendered without it if it only adds resources. */
function leaveOut(walk: Walk, visit: Visit, { pointer, document }: Place, said: words.Words): void {
  report(walk, visit, { pointer, document }, said);
  const [name = "", ...index] = tokens(pointer).slice(0, 2);
  const { kustomization, plugins } = visit;
  const entry = index.reduce(join, join("", name));
  if (plugins || !adding.has(fold(name)) || isMerged(kustomization, document, entry)) return;
  walk.leftOut.push({ kustomization, pointer: entry, document });
}

/** Whether a generator changes what another one makes. */
function isMerged({ documents }: Kustomization, document: number, entry: string): boolean {
  const found = at(documents.find(({ index }) => index === document)?.value ?? null, entry);
  return isObject(found) && field(found, "behavior").some(({ value }) => value !== "create");
}

function reach(walk: Walk, visit: Visit, reference: Reference): void {
  const place = resolve(folderOf(visit), reference.path);
  const real = realPath(place);
  const isOther = isRemote(reference.path);
  const kind = real === undefined || isOther ? undefined : tryKindOf(real);
  const refused = isOther ? undefined : refusal(walk, reference, real ?? place, kind);
  if (isOther) leaveOut(walk, visit, reference, words.remote(reference.path, hereOf(walk, visit, reference)));
  else if (refused !== undefined) {
    const problem = report(walk, visit, reference, refused);
    if (isInside(walk.root, place) && kind === undefined) walk.absent.set(problem, place);
  } else if (tryKindOf(place) === "folder") reachFolder(walk, visit, reference, place, real ?? place);
  else reachFile(walk, visit, reference, place, real ?? place);
}

/** Why a path must not be followed; decided before anything there is read. */
function refusal(walk: Walk, reference: Reference, place: string, kind: PathKind | undefined): words.Words | undefined {
  const { path } = reference;
  if (isAbsolute(path)) return words.absolute(path);
  if (!isInside(walk.root, place)) return words.outside(path, rootName(walk));
  if (path !== "" && accepts(reference, kind)) return undefined;
  return words.missing(reference, kind, kind === undefined ? brokenLinkAt(place) : undefined);
}

/** The relative path to what an entry names by the URL of this repository. */
function hereOf({ workspace, root }: Walk, visit: Visit, reference: Reference): string | undefined {
  const path = pathWithin(reference.path, (workspace.urls ?? remotesOf(root)).map(normalizedUrl));
  if (path === undefined) return undefined;
  const place = realPath(resolve(root, path));
  const folder = folderOf(visit);
  // kustomize takes a base that contains its user for a cycle.
  if (place === undefined || !isInside(root, place) || isInside(place, folder)) return undefined;
  const kind = tryKindOf(place);
  const isThere = accepts(reference, kind) && (kind === "file" || kustomizationIn(place) !== undefined);
  return isThere ? shown(folder, place) : undefined;
}

function folderOf(visit: Visit): string {
  return visit.path[visit.path.length - 1] as string;
}

function accepts({ reach }: Reference, kind: PathKind | undefined): boolean {
  if (kind === "folder") return reach === "resource" || reach === "root" || reach === "plugin";
  return kind === "file" && reach !== "root";
}

function reachFolder(walk: Walk, visit: Visit, reference: Reference, place: string, folder: string): void {
  if (folder !== place) walk.links.set(place, folder);
  const name = (path: string) => shown(walk.workspace.cwd, path);
  const start = visit.path.indexOf(folder);
  const inner = visit.path.findLast((user) => isInside(folder, user));
  if (start >= 0) report(walk, visit, reference, words.cycle([...visit.path.slice(start), folder].map(name)));
  else if (inner !== undefined) report(walk, visit, reference, words.holdsUser(name(folder), name(inner)));
  else if (visit.path.length >= maxChain) report(walk, visit, reference, words.tooDeep(maxChain));
  else if (kustomizationIn(folder) === undefined) report(walk, visit, reference, words.unkustomized(reference.path));
  else {
    enter(walk, folder, visit.path, visit.plugins || reference.reach === "plugin");
    const entered = walk.kustomizations.get(folder);
    if (entered === undefined || reference.reach === "plugin") return;
    if (isComponent(entered) !== /^\/components\//i.test(reference.pointer))
      report(walk, visit, reference, words.wrongKind(reference.path, isComponent(entered)));
  }
}

function reachFile(walk: Walk, visit: Visit, reference: Reference, place: string, real: string): void {
  walk.files.add(place).add(real);
  const plugin = reference.reach === "plugin" || (visit.plugins && reference.reach === "resource");
  if (!plugin && reference.reach !== "replacement") return;
  const file = shown(walk.workspace.cwd, real);
  const read = readText(real, file);
  if ("problem" in read) walk.problems.push(read.problem);
  else if (!plugin)
    append(
      walk.modern,
      modernInReplacements(read.text).map((field) => `${file}: ${field}`),
    );
  else
    checkPlugins(
      walk,
      visit,
      reference,
      parseDocuments(read.text, file).documents.map(({ value }) => value),
    );
}

function checkPlugins(walk: Walk, visit: Visit, place: Place, values: readonly Json[]): void {
  for (const value of values) {
    if (!isObject(value)) continue;
    const { runs, paths, modern } = checkPlugin(value);
    if (runs !== undefined) leaveOut(walk, visit, place, words.program(runs));
    append(
      walk.modern,
      modern.map((field) => `${visit.kustomization.shown}: ${field}`),
    );
    for (const path of paths)
      reach(walk, visit, { path, reach: "file", pointer: place.pointer, document: place.document });
  }
}

function rootName(walk: Walk): string {
  const { cwd } = walk.workspace;
  return shown(realPath(cwd) ?? cwd, walk.root);
}
