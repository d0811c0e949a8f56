import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, UserError } from "../core/errors.ts";
import { modifiedAt } from "../system/disk.ts";
import { isObserved } from "../system/observe.ts";
import { exists } from "./files.ts";
import { readImports } from "./imports.ts";

/**
 * Imports a module of the repository: a policy, or the models. If Node does not run TypeScript itself (before 22.18), its
 * compiled version in dist/own, by `npm run build`, is used instead.
 *
 * @param path absolute
 * @param root absolute folder of gitops.yaml
 * @throws UserError if it cannot be loaded, or was edited after it was compiled.
 */
export async function importModule(path: string, root: string): Promise<Record<string, unknown>> {
  const name = relative(process.cwd(), path);
  if (!exists(path)) throw new UserError(`${name} does not exist`);
  const runs = canRun(path);
  const file = runs ? path : compiled(path, name, root);
  if (isObserved()) for (const one of new Set([path, file])) readImports(one);
  try {
    return runs ? await import(pathToFileURL(file).href) : createRequire(file)(file);
  } catch (error) {
    throw unloadable(name, file, error);
  }
}

/** Whether Node can run a module. A failing import would take longer than this check. */
function canRun(path: string): boolean {
  return !/\.m?ts$/.test(path) || ("typescript" in process.features && Boolean(process.features.typescript));
}

function compiled(path: string, name: string, root: string): string {
  const own = join(root, "dist", "own");
  const file = join(own, relative(root, path).replace(/\.m?ts$/, ".js"));
  const newer = "use Node 22.18 or later";
  const hint = `run npm run build, or ${newer}`;
  // Only this repository and its forks have a build that compiles policies.
  const way = exists(own) ? hint : `${newer}, or write it as .mjs`;
  if (!exists(file)) throw new UserError(`${name}: Node ${process.version} does not run TypeScript; ${way}`);
  if (modifiedAt(path) > modifiedAt(file)) throw new UserError(`${name} was edited after the last build; ${hint}`);
  return file;
}

/** The error for a module that does not parse or that throws, with its line if the stack has it. */
function unloadable(name: string, path: string, error: unknown): UserError {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const [, line] = stack.replaceAll("file://", "").split(`${path}:`);
  const where = line === undefined ? name : `${name}:${Number.parseInt(line, 10)}`;
  return new UserError(`${where}: cannot be loaded: ${messageOf(error)}`, { cause: error });
}
