import { resolve } from "node:path";
import type { JsonObject } from "../core/json.ts";
import { definitionsIn, renders, type Target } from "../core/resource.ts";
import { readText } from "../parse/file.ts";
import { renderAll } from "../render/render.ts";
import { filesOf, type RenderBoth, type Side, targetsOf } from "./sides.ts";

/**
 * Finds CustomResourceDefinitions for API groups in targets that are not compared. To save time, it renders only targets whose
 * files mention both a definition and one of the groups.
 *
 * @param side all of its targets are searched, not only the requested ones
 * @param compared paths of targets that are already rendered
 */
export async function definitionsElsewhere(
  groups: ReadonlySet<string>,
  side: Side,
  compared: ReadonlySet<string>,
  { renderer, jobs }: Pick<RenderBoth, "renderer" | "jobs">,
): Promise<JsonObject[]> {
  const defines = definersOf(groups, side);
  const targets = [...targetsOf(side).values()].filter((target) => !compared.has(target.path) && defines(target));
  if (targets.length === 0) return [];
  const { kustomize, renderings } = await renderer(targets);
  const rendered = await renderAll(targets, { cwd: side.cwd, root: side.root, kustomize, jobs, renderings });
  return definitionsIn(rendered.flatMap((one) => (renders(one) ? one.resources : [])));
}

/** Whether a target may define a kind of these groups: one of its files mentions both, or its files are unknown. */
function definersOf(groups: ReadonlySet<string>, side: Side): (target: Target) => boolean {
  const filesIn = filesOf(side);
  const known = new Map<string, boolean>();
  const defines = (file: string) => {
    const is = known.get(file) ?? namesOneOf(groups, resolve(side.root, file), file);
    known.set(file, is);
    return is;
  };
  return (target) => filesIn(target)?.files.some(defines) ?? true;
}

function namesOneOf(groups: ReadonlySet<string>, path: string, file: string): boolean {
  const read = readText(path, file);
  if (!("text" in read) || !read.text.includes("CustomResourceDefinition")) return false;
  return [...groups].some((group) => read.text.includes(group));
}
