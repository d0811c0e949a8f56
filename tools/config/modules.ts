import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, UserError } from "../core/errors.ts";
import { modifiedAt } from "../system/disk.ts";
import { isObserved } from "../system/observe.ts";
import { exists } from "./files.ts";
import { readImports } from "./imports.ts";

/**
 * Imports a module of the repository: a policy, or the models. Where Node does not run TypeScript by itself (before
 * 22.18), what `npm run build` made of it in dist/own is taken instead.
 *
 * @param path absolute
 * @param root absolute folder of gitops.yaml
 * @throws UserError when it cannot be loaded, or was edited after it was compiled.
 */
export async function importModule(path: string, root: string): Promise<Record<string, unknown>> {
  const name = relative(process.cwd(), path);
  if (!exists(path)) throw new UserError(`${name} does not exist`);
  const file = runs(path) ? path : compiled(path, name, root);
  if (isObserved()) for (const one of new Set([path, file])) readImports(one);
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw unloadable(name, file, error);
  }
}

/** Asked before it is tried: an import that fails takes Node longer than one that does not. */
function runs(path: string): boolean {
  return !/\.m?ts$/.test(path) || ("typescript" in process.features && Boolean(process.features.typescript));
}

function compiled(path: string, name: string, root: string): string {
  const own = join(root, "dist", "own");
  const file = join(own, relative(root, path).replace(/\.m?ts$/, ".js"));
  const newer = "use Node 22.18 or later";
  const hint = `run npm run build, or ${newer}`;
  // Only this repository, and forks of it, have a build that compiles policies.
  const way = exists(own) ? hint : `${newer}, or write it as .mjs`;
  if (!exists(file)) throw new UserError(`${name}: Node ${process.version} does not run TypeScript; ${way}`);
  if (modifiedAt(path) > modifiedAt(file)) throw new UserError(`${name} was edited after the last build; ${hint}`);
  return file;
}

/** With the line, where the stack says it: of what does not parse, and of what throws. */
function unloadable(name: string, path: string, error: unknown): UserError {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const [, line] = stack.replaceAll("file://", "").split(`${path}:`);
  const where = line === undefined ? name : `${name}:${Number.parseInt(line, 10)}`;
  return new UserError(`${where}: it could not be loaded: ${messageOf(error)}`, { cause: error });
}
