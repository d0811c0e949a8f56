import { join, resolve } from "node:path";
import { exists, listFiles, readText } from "../config/files.ts";
import { UserError } from "../core/errors.ts";
import { renders } from "../core/resource.ts";
import { firstDifference } from "../generate/drift.ts";
import { manifestFiles } from "../load/manifest-targets.ts";
import { canonical } from "../render/canonical.ts";
import type { RenderedTarget } from "../render/rendering.ts";
import { visible } from "../report/style.ts";
import { type OutputFile, realPath, writeFiles } from "../system/disk.ts";
import type { Args, Command } from "./command.ts";
import { renderingFlags, renderTargets } from "./rendering.ts";

export const command: Command = {
  usage: "[TARGET…]",
  description:
    "Print the canonical YAML of each target: what Argo CD and Flux sync, in the order in which it is applied, and the same\n" +
    "for every version of kustomize.",
  flags: {
    out: { type: "string", value: "DIR", help: "write DIR/<target>.yaml instead of printing" },
    layout: {
      type: "string",
      value: "LAYOUT",
      help: "layout of DIR: file (default), or folder for DIR/<target>/manifest.yaml",
    },
    check: { type: "boolean", help: "write nothing; exit with status 1 if DIR is not up to date" },
    ...renderingFlags,
  },
  async run(args, io) {
    const wanted = wantedBy(args);
    const { rendered: all, isPartial } = await renderTargets(args, io, wanted?.out);
    if (wanted === undefined) {
      const some = all.filter(renders);
      io.out(some.map((one) => text(one, some.length > 1)).join("---\n"));
      return isPartial ? 1 : 0;
    }
    // A file with a part of what a target renders would make a controller delete the rest.
    const rendered = all.filter(({ failed }) => !failed);
    const fileOf = ({ target }: RenderedTarget) => join(wanted.out, wanted.fileName(target.path));
    demandApart(all, fileOf);
    const files = rendered.map((one) => ({ path: fileOf(one), content: canonical(one.resources) }));
    if (!args.boolean("check")) {
      demandNoSources(files, all, wanted.out);
      writeFiles(files);
      return isPartial ? 1 : 0;
    }
    const stray = args.positionals.length === 0 ? strayIn(wanted.out, new Set(all.map(fileOf))) : [];
    const drift = [...driftOf(files), ...stray];
    for (const line of drift) io.err(`${visible(line)}\n`);
    return isPartial || drift.length > 0 ? 1 : 0;
  },
};

/** Where to write files, and their names. */
interface Wanted {
  readonly out: string;
  readonly fileName: (path: string) => string;
}

/** Reads --out, --layout and --check. @throws UserError if a flag has no effect without another */
function wantedBy(args: Args): Wanted | undefined {
  const [out, layout = "file"] = [args.string("out"), args.string("layout")];
  if (layout !== "file" && layout !== "folder") throw new UserError(`--layout must be file or folder, not "${layout}"`);
  if (out !== undefined) return { out, fileName: layout === "file" ? fileName : folderName };
  const other = ["layout", "check"].find((flag) => args.string(flag) !== undefined || args.boolean(flag));
  if (other) throw new UserError(`--${other} requires --out DIR`);
  return undefined;
}

/** @throws UserError if a target would overwrite another, such as `shop` and `shop.yaml`, or `shop` and `../shop` */
function demandApart(all: readonly RenderedTarget[], fileOf: (one: RenderedTarget) => string): void {
  const paths = new Map<string, string>();
  for (const one of all) {
    const [file, { path }] = [fileOf(one), one.target];
    const other = paths.get(file);
    if (other !== undefined)
      throw new UserError(`${other} and ${path} would both be written to ${file}: render each to its own DIR`);
    paths.set(file, path);
  }
}

/** @throws UserError if a file that a target is made of would be overwritten, as `shop.yaml` by `render shop.yaml --out .` */
function demandNoSources(files: readonly OutputFile[], all: readonly RenderedTarget[], out: string): void {
  const place = { cwd: process.cwd(), except: resolve(out) };
  const sourcesOf = ({ target, closure }: RenderedTarget) =>
    closure?.files ?? (target.kind === "manifests" ? manifestFiles(target, place) : []);
  const sources = new Set(all.flatMap(sourcesOf).map((file) => realPath(file) ?? file));
  const lost = files.find(({ path }) => sources.has(realPath(path) ?? resolve(path)));
  if (lost !== undefined) throw new UserError(`${lost.path} is a source, which would be overwritten: name another DIR`);
}

/** One line for each file that is missing or differs. */
function driftOf(files: readonly OutputFile[]): string[] {
  return files.flatMap(({ path, content }) => {
    if (!exists(path)) return [`${path} is missing: run gitops render --out without --check`];
    const line = firstDifference(readText(path), String(content));
    return line === undefined
      ? []
      : [`${path}:${line}: differs from what its target renders: run gitops render --out without --check`];
  });
}

/**
 * One line for each YAML file in a folder that belongs to no target.
 *
 * @param known the files of all targets, including targets that do not render
 */
function strayIn(folder: string, known: ReadonlySet<string>): string[] {
  const others = exists(folder) ? listFiles(folder).filter((path) => !known.has(path)) : [];
  return others
    .filter((path) => /\.ya?ml$/.test(path))
    .map((path) => `${path}: no target renders this file: remove it`);
}

function text({ target, resources }: RenderedTarget, named: boolean): string {
  return `${named ? `# ${visible(target.path)}\n` : ""}${canonical(resources)}`;
}

/** `overlays/dns` → `overlays/dns.yaml`; the leading `..` of a target outside the working directory are dropped. */
function fileName(path: string): string {
  const inside = path.split("/").filter((part) => part !== ".." && part !== "." && part !== "");
  return `${inside.join("/").replace(/\.(ya?ml|json)$/, "") || (path === "-" ? "stdin" : "target")}.yaml`;
}

/** `overlays/dns` → `overlays/dns/manifest.yaml`, like Argo CD's source hydrator: a folder that controllers can use as their source. */
function folderName(path: string): string {
  return fileName(path).replace(/\.yaml$/, "/manifest.yaml");
}
