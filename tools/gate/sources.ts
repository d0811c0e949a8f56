import { resolve } from "node:path";
import type { Target } from "../core/resource.ts";
import { isInside, repositoryOf } from "../load/paths.ts";
import { readText } from "../parse/file.ts";
import { realPath, tryKindOf } from "../system/disk.ts";
import { type TraceItem, type TraceTools, traceFindings } from "../trace/trace.ts";
import type { Faulty, Location } from "./findings.ts";

/** Finds, for the issues of a target, the lines that a person edits. Each file is read once for all targets. */
export class Sources {
  readonly #tools: TraceTools;

  /** @param input the text of standard input, where that is a target */
  constructor(cwd: string, input: string | undefined) {
    this.#tools = { read: (path) => (path === "-" ? input : readSource(cwd, path)) };
  }

  /** Where to edit each of some places of a target. */
  trace(target: Target, items: readonly TraceItem[]): (Location | undefined)[] {
    return traceFindings(target, items, this.#tools);
  }

  /** In the order of the target's issues; undefined for those that name their file themselves, or that have none. */
  async locate({ target, issues }: Faulty): Promise<(Location | undefined)[]> {
    const asked: TraceItem[] = [];
    const places = issues.map(({ problem, resource }) => {
      if (!resource || problem.file !== undefined) return undefined;
      return asked.push({ resource, pointer: problem.pointer }) - 1;
    });
    const found = this.trace(target, asked);
    return places.map((place) => (place === undefined ? undefined : found[place]));
  }
}

/** A file of the repository; what links lead out of it is not read. */
export function readSource(cwd: string, path: string): string | undefined {
  const real = realPath(resolve(cwd, path));
  if (real === undefined || tryKindOf(real) !== "file" || !isInside(repositoryOf(cwd, resolve(cwd, path)), real))
    return undefined;
  const decoded = readText(real, path);
  return "text" in decoded ? decoded.text : undefined;
}
