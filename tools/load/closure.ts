import { dirname, isAbsolute, join, resolve } from "node:path";
import { append } from "../core/append.ts";
import { isObject, type Json } from "../core/json.ts";
import type { LocatedProblem, Target } from "../core/resource.ts";
import { parseDocuments } from "../parse/documents.ts";
import { readText } from "../parse/file.ts";
import { positionOf } from "../parse/position.ts";
import { type PathKind, realPath, tryKindOf } from "../system/disk.ts";
import { aspects, note } from "../system/observe.ts";
import {
  type Kustomization,
  modernInReplacements,
  type Reference,
  readKustomization,
  referencesOf,
} from "./kustomization.ts";
import { isInside, kustomizationIn, kustomizationNames, rootOf, shown, type Workspace } from "./paths.ts";
import { checkPlugin } from "./plugins.ts";
import { isRemote } from "./remote.ts";
import * as words from "./words.ts";

/** Everything local that a kustomization target reaches, found without running kustomize. */
export interface Closure {
  /** Absolute, sorted, each once: kustomizations, resources, patches, generator inputs; a link and what it leads to. */
  readonly files: readonly string[];
  /** In the order in which they are reached, the target's own first. */
  readonly kustomizations: readonly Kustomization[];
  /** Where folders that are reached through links are, by the paths that name them. */
  readonly links: ReadonlyMap<string, string>;
  /** What forbids rendering: kustomize would fail, or would read or run what it must not. */
  readonly problems: readonly LocatedProblem[];
  /** Fields that this walk does not know, as `file: field`; where there are any, the files may not be all. */
  readonly unknownFields: readonly string[];
  /** Fields that need kustomize 5, as `file: field`. */
  readonly modern: readonly string[];
}

/** The state of a walk, and what it has found. */
interface Walk {
  readonly workspace: Workspace;
  readonly root: string;
  readonly files: Set<string>;
  readonly links: Map<string, string>;
  /** By the real path of their folder. */
  readonly kustomizations: Map<string, Kustomization>;
  /** Folders that were followed as configurations of plugins. */
  readonly pluginFolders: Set<string>;
  readonly problems: LocatedProblem[];
  readonly unknownFields: string[];
  readonly modern: string[];
}

/** Where the walk stands: a kustomization, and how it came there. */
interface Stand {
  readonly kustomization: Kustomization;
  /** Real paths of folders, the target's first, this one last. */
  readonly path: readonly string[];
  /** What is reached from here configures plugins. */
  readonly plugins: boolean;
}

/** A chain of bases longer than this is an attack on the stack. */
const maxChain = 200;

/**
 * Walks what a kustomization target reaches, and says what must not be rendered: remote bases, anything outside the
 * repository (through symbolic links too), plugins and functions, cycles, missing files.
 *
 * @throws UserError when a file is there but cannot be read.
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
    unknownFields: [],
    modern: [],
  };
  enter(walk, realPath(folder) ?? folder, [], false);
  noteAll(walk);
  const { links, problems, unknownFields, modern } = walk;
  const [files, kustomizations] = [[...walk.files].sort(), [...walk.kustomizations.values()]];
  return { files, links, kustomizations, problems, unknownFields, modern };
}

/** What kustomize will read of it, and that it takes no folder with two kustomization files. */
function noteAll({ files, kustomizations, unknownFields, root }: Walk): void {
  if (unknownFields.length > 0) note(root, aspects.below);
  for (const file of files) note(file, aspects.kind | aspects.place | aspects.content);
  for (const { file } of kustomizations.values())
    for (const name of kustomizationNames) note(join(dirname(file), name), aspects.kind | aspects.place);
}

/** Reads the kustomization of a folder, by its real path, and follows it. */
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

function follow(walk: Walk, stand: Stand): void {
  const found = referencesOf(stand.kustomization);
  const named = (field: string) => `${stand.kustomization.shown}: ${field}`;
  append(walk.unknownFields, found.unknownFields.map(named));
  append(walk.modern, found.modern.map(named));
  for (const place of found.helm) report(walk, stand, place, words.program("helm"));
  for (const { values, ...place } of found.inlinePlugins) checkPlugins(walk, stand, place, values);
  for (const reference of found.references) reach(walk, stand, reference);
}

type Place = Pick<Reference, "pointer" | "document">;

function report(walk: Walk, { kustomization }: Stand, place: Place, said: words.Words): void {
  const position = positionOf(kustomization.text, place.document, place.pointer);
  walk.problems.push({ ...said, pointer: place.pointer, file: kustomization.shown, ...position });
}

function reach(walk: Walk, stand: Stand, reference: Reference): void {
  const place = resolve(folderOf(stand), reference.path);
  const real = realPath(place);
  const refused = refusal(walk, reference, real ?? place, real === undefined ? undefined : tryKindOf(real));
  if (refused !== undefined) report(walk, stand, reference, refused);
  else if (tryKindOf(place) === "folder") reachFolder(walk, stand, reference, place, real ?? place);
  else reachFile(walk, stand, reference, place, real ?? place);
}

/** Why a path must not be followed, before anything at it is read. */
function refusal(walk: Walk, reference: Reference, place: string, kind: PathKind | undefined): words.Words | undefined {
  const { path } = reference;
  if (isRemote(path)) return words.remote(path);
  if (isAbsolute(path)) return words.absolute(path);
  if (!isInside(walk.root, place)) return words.outside(path, rootName(walk));
  return path === "" || !accepts(reference, kind) ? words.missing(reference, kind) : undefined;
}

function folderOf(stand: Stand): string {
  return stand.path[stand.path.length - 1] as string;
}

function accepts({ reach }: Reference, kind: PathKind | undefined): boolean {
  if (kind === "folder") return reach === "resource" || reach === "root" || reach === "plugin";
  return kind === "file" && reach !== "root";
}

function reachFolder(walk: Walk, stand: Stand, reference: Reference, place: string, folder: string): void {
  if (folder !== place) walk.links.set(place, folder);
  const name = (path: string) => shown(walk.workspace.cwd, path);
  const start = stand.path.indexOf(folder);
  const inner = stand.path.findLast((user) => isInside(folder, user));
  if (start >= 0) report(walk, stand, reference, words.cycle([...stand.path.slice(start), folder].map(name)));
  else if (inner !== undefined) report(walk, stand, reference, words.holdsUser(name(folder), name(inner)));
  else if (stand.path.length >= maxChain) report(walk, stand, reference, words.tooDeep(maxChain));
  else if (kustomizationIn(folder) === undefined) report(walk, stand, reference, words.unkustomized(reference.path));
  else enter(walk, folder, stand.path, stand.plugins || reference.reach === "plugin");
}

function reachFile(walk: Walk, stand: Stand, reference: Reference, place: string, real: string): void {
  walk.files.add(place).add(real);
  const plugin = reference.reach === "plugin" || (stand.plugins && reference.reach === "resource");
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
      stand,
      reference,
      parseDocuments(read.text, file).documents.map(({ value }) => value),
    );
}

function checkPlugins(walk: Walk, stand: Stand, place: Place, values: readonly Json[]): void {
  for (const value of values) {
    if (!isObject(value)) continue;
    const { runs, paths, modern } = checkPlugin(value);
    if (runs !== undefined) report(walk, stand, place, words.program(runs));
    append(
      walk.modern,
      modern.map((field) => `${stand.kustomization.shown}: ${field}`),
    );
    for (const path of paths)
      reach(walk, stand, { path, reach: "file", pointer: place.pointer, document: place.document });
  }
}

function rootName(walk: Walk): string {
  const { cwd } = walk.workspace;
  return shown(realPath(cwd) ?? cwd, walk.root);
}
