import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, UserError } from "../core/errors.ts";
import { modifiedAt } from "../system/disk.ts";
import { exists } from "./files.ts";

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
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    if (!isUnknownExtension(error)) throw unloadable(name, path, error);
  }
  const compiled = join(root, "dist", "own", relative(root, path).replace(/\.m?ts$/, ".js"));
  const hint = "run npm run build, or use Node 22.18 or later";
  if (!exists(compiled)) throw new UserError(`${name}: Node ${process.version} does not run TypeScript; ${hint}`);
  if (modifiedAt(path) > modifiedAt(compiled)) throw new UserError(`${name} was edited after the last build; ${hint}`);
  try {
    return await import(pathToFileURL(compiled).href);
  } catch (error) {
    throw unloadable(name, compiled, error);
  }
}

/** With the line, where the stack says it: of what does not parse, and of what throws. */
function unloadable(name: string, path: string, error: unknown): UserError {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const [, line] = stack.replaceAll("file://", "").split(`${path}:`);
  const where = line === undefined ? name : `${name}:${Number.parseInt(line, 10)}`;
  return new UserError(`${where}: it could not be loaded: ${messageOf(error)}`, { cause: error });
}

function isUnknownExtension(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_UNKNOWN_FILE_EXTENSION";
}
