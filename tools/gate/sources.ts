import { dirname, resolve } from "node:path";
import { Recent } from "../core/recent.ts";
import type { Target } from "../core/resource.ts";
import { isInside, repositoryOfFolder } from "../load/paths.ts";
import { readStdin, readText } from "../parse/file.ts";
import { type HelmTemplate, helmTemplates } from "../parse/helm-templates.ts";
import { realPath, tryKindOf } from "../system/disk.ts";
import { replayed } from "../system/observe.ts";
import { type Read, SourceFiles } from "../trace/files.ts";
import { type Traced, type TraceItem, type TraceTools, traceFindings } from "../trace/trace.ts";
import { asWritten } from "./as-written.ts";
import type { Location, TargetIssues } from "./findings.ts";

/** Finds the lines to edit for the issues of targets. Each file is read once for all targets. */
export class Sources {
  readonly #files: SourceFiles;
  readonly #tools: TraceTools;
  readonly #templates = new Map<string, readonly HelmTemplate[]>();

  /** @param input the text of standard input, if it is a target */
  constructor(cwd: string, input: string | undefined, read = sourceReader(cwd)) {
    this.#files = new SourceFiles((path) => (path === "-" ? input : read(path)));
    this.#tools = { read: (path) => this.#files.text(path) };
  }

  /** Where to edit each of the given places of a target; undefined if not found. */
  trace(target: Target, items: readonly TraceItem[]): (Traced | undefined)[] {
    return traceFindings(target, items, this.#tools);
  }

  /** Locations in the order of the target's issues; undefined for issues that have their own file, or no location. */
  locate({ target, issues }: TargetIssues): (Location | undefined)[] {
    const asked: TraceItem[] = [];
    const places = issues.map(({ problem, resource }) => {
      if (!resource || problem.file !== undefined) return undefined;
      const { pointer, offset, beside } = problem;
      return asked.push({ resource, pointer, offset, beside }) - 1;
    });
    const found = this.trace(target, asked);
    const lines = new Map<string, readonly string[]>();
    const linesOf = (file: string) => {
      const known = lines.get(file) ?? (this.#files.text(file) ?? "").split("\n");
      lines.set(file, known);
      return known;
    };
    return places.map((place, index) => {
      const traced = place === undefined ? undefined : found[place];
      if (traced === undefined) return undefined;
      const { kept, ...location } = traced;
      const help = kept && helpBeside(kept);
      if (help !== undefined) return { ...location, help };
      return withWord(this.#withTemplate(location), issues[index]?.problem.help, linesOf);
    });
  }

  #withTemplate(location: Location): Location {
    const { file, line } = location;
    const templates = this.#templates.get(file) ?? helmTemplates(this.#files.text(file) ?? "");
    this.#templates.set(file, templates);
    const template = templates.findLast((one) => one.line <= line)?.path;
    return template === undefined ? location : { ...location, template };
  }
}

/** What to do about a field of an earlier layer that excludes the one that is added. */
function helpBeside({ name, at }: NonNullable<Traced["kept"]>): string {
  return `${name} is from ${at.file}:${at.line}: leave one of the two out, or add ${name}: null to the patch; in a JSON patch, remove it.`;
}

/** Adds the advice on a word that YAML reads as a boolean. */
function withWord(
  location: Location,
  help: string | undefined,
  linesOf: (file: string) => readonly string[],
): Location {
  const better = asWritten(help, () => linesOf(location.file), location.line, location.column);
  return better === undefined ? location : { ...location, help: better };
}

/** Finds lines in the targets of a run. Standard input is read if it is one of them. */
export async function sourcesOf({ cwd, targets }: { cwd: string; targets: readonly Target[] }): Promise<Sources> {
  const input = targets.some(({ kind }) => kind === "stdin") ? await readStdin() : undefined;
  return new Sources(cwd, input && "text" in input ? input.text : undefined);
}

/** Reads files of the repository, but not through links that lead out of it. */
export function sourceReader(cwd: string): Read {
  const tops = new Recent<string, () => string>(1000);
  const topOf = (folder: string) => {
    const top = tops.get(folder) ?? replayed(() => repositoryOfFolder(cwd, folder));
    tops.set(folder, top);
    return top();
  };
  return (path) => {
    const absolute = resolve(cwd, path);
    const real = realPath(absolute);
    if (real === undefined || tryKindOf(real) !== "file" || !isInside(topOf(dirname(absolute)), real)) return undefined;
    const decoded = readText(real, path);
    return "text" in decoded ? decoded.text : undefined;
  };
}
