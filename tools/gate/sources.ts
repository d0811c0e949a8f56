import { dirname, resolve } from "node:path";
import { Recent } from "../core/recent.ts";
import type { Target } from "../core/resource.ts";
import { isInside, repositoryOfFolder } from "../load/paths.ts";
import { readText } from "../parse/file.ts";
import { realPath, tryKindOf } from "../system/disk.ts";
import { replayed } from "../system/observe.ts";
import type { Read } from "../trace/files.ts";
import { type TraceItem, type TraceTools, traceFindings } from "../trace/trace.ts";
import type { Faulty, Location } from "./findings.ts";

/** Finds, for the issues of a target, the lines that a person edits. Each file is read once for all targets. */
export class Sources {
  readonly #tools: TraceTools;

  /** @param input the text of standard input, where that is a target */
  constructor(cwd: string, input: string | undefined) {
    const read = sourceReader(cwd);
    this.#tools = { read: (path) => (path === "-" ? input : read(path)) };
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
      return asked.push({ resource, pointer: problem.pointer, offset: problem.offset }) - 1;
    });
    const found = this.trace(target, asked);
    return places.map((place) => (place === undefined ? undefined : found[place]));
  }
}

/** Reads files of the repository; what links lead out of it is not read. */
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
