import { join } from "node:path";
import { exists, listFiles, readText } from "../config/files.ts";
import { UserError } from "../core/errors.ts";
import { firstDifference } from "../generate/drift.ts";
import { canonical } from "../render/canonical.ts";
import type { RenderedTarget } from "../render/rendering.ts";
import { visible } from "../report/style.ts";
import { type OutputFile, writeFiles } from "../system/disk.ts";
import type { Args, Command } from "./command.ts";
import { renderingFlags, renderTargets } from "./rendering.ts";

export const command: Command = {
  usage: "[TARGET…]",
  description:
    "Prints the canonical YAML of each target: what Argo CD and Flux sync, in the order in which it is applied, the same\n" +
    "whatever the version of kustomize.",
  flags: {
    out: { type: "string", value: "DIR", help: "write DIR/<target>.yaml instead of printing" },
    layout: {
      type: "string",
      value: "LAYOUT",
      help: "of DIR: file (default), or folder for DIR/<target>/manifest.yaml",
    },
    check: { type: "boolean", help: "write nothing: exit with status 1 where DIR is not what would be written" },
    ...renderingFlags,
  },
  async run(args, io) {
    const wanted = wantedBy(args);
    const { rendered: all, isPartial } = await renderTargets(args, io, wanted?.out);
    const rendered = all.filter(({ failed }) => !failed);
    if (wanted === undefined) {
      io.out(rendered.map((one) => text(one, rendered.length > 1)).join("---\n"));
      return isPartial ? 1 : 0;
    }
    const fileOf = ({ target }: RenderedTarget) => join(wanted.out, wanted.fileName(target.path));
    demandApart(all, fileOf);
    const files = rendered.map((one) => ({ path: fileOf(one), content: canonical(one.resources) }));
    if (!args.boolean("check")) {
      writeFiles(files);
      return isPartial ? 1 : 0;
    }
    const stray = args.positionals.length === 0 ? strayIn(wanted.out, new Set(all.map(fileOf))) : [];
    const drift = [...driftOf(files), ...stray];
    for (const line of drift) io.err(`${visible(line)}\n`);
    return isPartial || drift.length > 0 ? 1 : 0;
  },
};

/** Where files go, and what they are called there. */
interface Wanted {
  readonly out: string;
  readonly fileName: (path: string) => string;
}

/** What --out, --layout and --check ask for. @throws UserError where one is of no use without another. */
function wantedBy(args: Args): Wanted | undefined {
  const [out, layout = "file"] = [args.string("out"), args.string("layout")];
  if (layout !== "file" && layout !== "folder") throw new UserError(`--layout is file or folder, not "${layout}"`);
  if (out !== undefined) return { out, fileName: layout === "file" ? fileName : folderName };
  const other = ["layout", "check"].find((flag) => args.string(flag) !== undefined || args.boolean(flag));
  if (other) throw new UserError(`--${other} is about the files that --out DIR writes: name their folder`);
  return undefined;
}

/** @throws UserError where one target would overwrite another: `shop` and `shop.yaml`, `shop` and `../shop`. */
function demandApart(all: readonly RenderedTarget[], fileOf: (one: RenderedTarget) => string): void {
  const paths = new Map<string, string>();
  for (const one of all) {
    const [file, { path }] = [fileOf(one), one.target];
    const other = paths.get(file);
    if (other !== undefined)
      throw new UserError(
        `${other} and ${path} would both be written to ${file}: render them one by one, each to a DIR of its own`,
      );
    paths.set(file, path);
  }
}

/** Where files are not as they would be written, in a sentence each. */
function driftOf(files: readonly OutputFile[]): string[] {
  return files.flatMap(({ path, content }) => {
    if (!exists(path)) return [`${path} is missing: run gitops render --out without --check`];
    const line = firstDifference(readText(path), String(content));
    return line === undefined
      ? []
      : [`${path}:${line}: is not what its target renders: run gitops render --out without --check`];
  });
}

/**
 * What a folder holds besides the files of its targets, in a sentence each.
 *
 * @param known the files of all targets, also of those that do not render today
 */
function strayIn(folder: string, known: ReadonlySet<string>): string[] {
  const others = exists(folder) ? listFiles(folder).filter((path) => !known.has(path)) : [];
  return others.filter((path) => /\.ya?ml$/.test(path)).map((path) => `${path}: no target renders it: remove it`);
}

function text({ target, resources }: RenderedTarget, named: boolean): string {
  return `${named ? `# ${visible(target.path)}\n` : ""}${canonical(resources)}`;
}

/** `overlays/dns` → `overlays/dns.yaml`; a target outside the working directory loses its way there. */
function fileName(path: string): string {
  const inside = path.split("/").filter((part) => part !== ".." && part !== "." && part !== "");
  return `${inside.join("/").replace(/\.(ya?ml|json)$/, "") || (path === "-" ? "stdin" : "target")}.yaml`;
}

/** `overlays/dns` → `overlays/dns/manifest.yaml`, as Argo CD's source hydrator has it: a folder that controllers are pointed at. */
function folderName(path: string): string {
  return fileName(path).replace(/\.yaml$/, "/manifest.yaml");
}
