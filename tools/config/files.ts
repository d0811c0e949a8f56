import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { listFolder, readBytes, TooLarge, tryKindOf } from "../system/disk.ts";

const maximum = 4 * 1024 * 1024;

/** The text of a settings file. @throws UserError if it cannot be read or is larger than 4 MiB. */
export function readText(path: string): string {
  try {
    return readBytes(path, maximum).toString("utf8");
  } catch (error) {
    if (error instanceof TooLarge) throw new UserError(`${path} is larger than 4 MiB`, { cause: error });
    throw error;
  }
}

/** Paths of all files in a folder and its subfolders, sorted; without symbolic links. */
export function listFiles(folder: string): string[] {
  return [...filesAndLinks(folder)].flatMap(({ path, link }) => (link ? [] : [path]));
}

/** Like {@link listFiles}, but with symbolic links, which are not followed. */
export function* filesAndLinks(folder: string): Generator<{ readonly path: string; readonly link: boolean }> {
  for (const { name, kind, link } of listFolder(folder)) {
    const path = join(folder, name);
    if (kind === "folder" && !link) yield* filesAndLinks(path);
    else if (kind === "file" || link) yield { path, link };
  }
}

/** Whether there is something at a path. */
export function exists(path: string): boolean {
  return tryKindOf(path) !== undefined;
}
