import { dirname, relative, resolve, sep } from "node:path";
import { groupBy } from "../core/group.ts";
import { isObject, type Json } from "../core/json.ts";
import type { Target } from "../core/resource.ts";
import { type Closure, closure } from "../load/closure.ts";
import { isComponent, type Kustomization, objectOf, readKustomization, referencesOf } from "../load/kustomization.ts";
import { kustomizationIn, repositoryOf, rootOf, shown } from "../load/paths.ts";
import { build, defaultLimits } from "../render/build.ts";
import { canonicalValue } from "../render/canonical.ts";
import type { Kustomize } from "../render/kustomize.ts";
import { listFolder, readBytes, realPath, tryKindOf, withTemporaryFolder } from "../system/disk.ts";
import { type TreeEntry, writeTree } from "../system/tree.ts";
import { Observer, type Shared, type Step } from "../trace/observe.ts";

/** A target that was rendered, and what it is made of. */
export interface Kustomized {
  readonly target: Target;
  readonly closure: Closure;
  readonly kustomize: Kustomize;
}

/** An entry of a kustomization without which the same is rendered, wherever it is used. */
export interface DeadEntry extends Pick<Step, "file" | "field" | "token" | "at"> {
  /** It applies to nothing; what it sets is there already; a later entry sets it again. */
  readonly because: "nothing" | "equal" | "later";
}

/**
 * The entries of kustomizations that change nothing. Which ones might be is found without kustomize, by following what
 * each does to the resources; each that might is then left out, and only where kustomize renders the same without it in
 * all places of the repository that use it, it is dead. Where there is nothing to suspect, nothing is rendered.
 */
export async function deadEntries(targets: readonly Kustomized[], cwd: string, shared: Shared): Promise<DeadEntry[]> {
  const [first] = targets;
  if (first === undefined) return [];
  const observer = new Observer(shared);
  for (const { target } of targets) observer.follow(target.path);
  const suspects = suspectsAmong(observer.steps());
  if (suspects.length === 0) return [];
  const users = otherUsers(suspects, targets, cwd);
  for (const user of users) observer.follow(user);
  const all = users.length === 0 ? suspects : suspectsAmong(observer.steps());
  const kustomizeOf = (user: string) => {
    const file = kustomizationIn(resolve(cwd, user));
    const using = targets.find((one) => one.closure.kustomizations.some((each) => each.file === file));
    return (using ?? first).kustomize;
  };
  return confirmed(all, { cwd, kustomizeOf });
}

interface Suspect extends DeadEntry {
  /** The folders of all kustomizations with which it is rendered. */
  readonly users: readonly string[];
}

function idOf({ file, field, token }: Pick<Step, "file" | "field" | "token">): string {
  return JSON.stringify([file, field, token]);
}

/** Entries that seem to do nothing anywhere. */
function suspectsAmong(steps: readonly Step[]): Suspect[] {
  return [...groupBy(steps, idOf).values()].flatMap((uses): Suspect[] => {
    const [step] = uses;
    if (step === undefined || uses.some((one) => one.lasts || one.holds)) return [];
    const touched = uses.some(({ touches }) => touches);
    const because = !touched ? "nothing" : uses.some(({ changes }) => changes) ? "later" : "equal";
    const { file, field, token, at } = step;
    return [{ file, field, token, at, because, users: [...new Set(uses.map(({ user }) => user))] }];
  });
}

/** Kustomizations of the repository outside of these targets that use a suspected component. */
function otherUsers(suspects: readonly Suspect[], targets: readonly Kustomized[], cwd: string): string[] {
  const known = targets.flatMap(({ closure }) => closure.kustomizations);
  const seen = new Map(known.map((one) => [dirname(one.file), one]));
  const files = new Set(suspects.map(({ file }) => file));
  const components = [...seen].filter(([, one]) => files.has(one.shown) && isComponent(one)).map(([folder]) => folder);
  if (components.length === 0) return [];
  const top = repositoryOf(cwd, components[0] as string);
  const others = kustomizationsBelow(realPath(top) ?? top, 0).filter((folder) => !seen.has(folder));
  const using = new Set(components);
  const found: string[] = [];
  // A component may come through another one.
  for (let before = -1; before < using.size; ) {
    before = using.size;
    for (const folder of others) {
      const one = using.has(folder) ? undefined : readIn(folder, cwd);
      if (one === undefined || !foldersOf(one).some((path) => using.has(path))) continue;
      using.add(folder);
      if (!isComponent(one)) found.push(shown(cwd, folder));
    }
  }
  return found;
}

function readIn(folder: string, cwd: string): Kustomization | undefined {
  const file = kustomizationIn(folder);
  return file === undefined ? undefined : readKustomization(file, shown(cwd, file));
}

function foldersOf(kustomization: Kustomization): string[] {
  return referencesOf(kustomization)
    .references.filter(({ reach }) => reach === "root" || reach === "resource")
    .map(({ path }) => resolve(dirname(kustomization.file), path))
    .map((path) => realPath(path) ?? path);
}

function kustomizationsBelow(folder: string, depth: number): string[] {
  const own = kustomizationIn(folder) === undefined ? [] : [folder];
  const below =
    depth > 30
      ? []
      : listFolder(folder).filter(({ name, kind, link }) => {
          return kind === "folder" && !link && !name.startsWith(".") && name !== "node_modules";
        });
  return [...own, ...below.flatMap(({ name }) => kustomizationsBelow(resolve(folder, name), depth + 1))];
}

interface Renderer {
  readonly cwd: string;
  /** The one that rendered what a kustomization is part of. */
  readonly kustomizeOf: (user: string) => Kustomize;
}

/** Those without which each of their users renders the same. */
async function confirmed(suspects: readonly Suspect[], renderer: Renderer): Promise<DeadEntry[]> {
  const dead = new Set(suspects);
  const users = [...new Set(suspects.flatMap((suspect) => suspect.users))].sort();
  for (const user of users) {
    const own = suspects.filter((suspect) => dead.has(suspect) && suspect.users.includes(user));
    if (own.length === 0) continue;
    const alike = new Set(await withCopy(user, renderer, (copy) => withoutEffect(own, copy)));
    for (const suspect of own) if (!alike.has(suspect)) dead.delete(suspect);
  }
  return suspects.filter((suspect) => dead.has(suspect)).map(({ users: _, ...entry }) => entry);
}

/** A user's files in a folder of their own, where entries can be left out. */
interface Copy {
  /** What is rendered without some entries; undefined where that fails. */
  readonly render: (left: readonly Suspect[]) => Promise<string | undefined>;
}

async function withCopy<T>(
  user: string,
  { cwd, kustomizeOf }: Renderer,
  use: (copy: Copy) => Promise<T[]>,
): Promise<T[]> {
  const target: Target = { path: user, kind: "kustomization" };
  const reached = closure(target, { cwd });
  if (reached.problems.length > 0) return [];
  const top = rootOf({ cwd }, resolve(cwd, user));
  const place = (path: string) => relative(top, path).split(sep).join("/");
  const folder = realPath(resolve(cwd, user)) ?? resolve(cwd, user);
  const files = [...reached.files.map((path) => fileEntry(path, place)), ...linksOf(reached, place)];
  const render = (left: readonly Suspect[]) =>
    withTemporaryFolder(async (temporary) => {
      const changed = new Map(changedFiles(reached, left).map(([file, content]) => [place(file), content]));
      writeTree(
        temporary,
        files.map((entry) => ({ ...entry, content: changed.get(entry.path) ?? entry.content })),
      );
      const built = await build(kustomizeOf(user), resolve(temporary, place(folder)), temporary, defaultLimits);
      return "text" in built ? built.text : undefined;
    });
  return use({ render });
}

const maxFile = 64 * 1024 * 1024;

function fileEntry(path: string, place: (path: string) => string): TreeEntry {
  return { path: place(path), content: readBytes(path, maxFile), isLink: false };
}

/** Links to folders: what they lead to is there by its own path. */
function linksOf({ kustomizations }: Closure, place: (path: string) => string): TreeEntry[] {
  return kustomizations.flatMap((kustomization) =>
    referencesOf(kustomization).references.flatMap(({ path }) => {
      const named = resolve(dirname(kustomization.file), path);
      const real = realPath(named);
      if (real === undefined || real === named || tryKindOf(real) !== "folder") return [];
      return [{ path: place(named), content: Buffer.from(relative(dirname(named), real)), isLink: true }];
    }),
  );
}

/** The kustomizations without the entries. */
function changedFiles({ kustomizations }: Closure, left: readonly Suspect[]): [string, Buffer][] {
  return [...groupBy(left, ({ file }) => file)].flatMap(([file, entries]): [string, Buffer][] => {
    const source = kustomizations.find((one) => one.shown === file);
    if (source === undefined) return [];
    const object = { ...objectOf(source) };
    for (const [field, some] of groupBy(entries, (entry) => entry.field)) {
      const rest = without(object[field] as Json, new Set(some.map(({ token }) => token)));
      if (rest === undefined) delete object[field];
      else object[field] = rest;
    }
    return [[source.file, Buffer.from(canonicalValue(object))]];
  });
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

/** The entries without which the same is rendered: all at once where that is so, else half by half. */
async function withoutEffect(entries: readonly Suspect[], { render }: Copy): Promise<Suspect[]> {
  const before = await render([]);
  if (before === undefined) return [];
  const search = async (some: readonly Suspect[]): Promise<Suspect[]> => {
    if (some.length === 0) return [];
    if ((await render(some)) === before) return [...some];
    if (some.length === 1) return [];
    const half = some.length >> 1;
    return [...(await search(some.slice(0, half))), ...(await search(some.slice(half)))];
  };
  return search(entries);
}
