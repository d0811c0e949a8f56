import { delimiter, resolve } from "node:path";
import { isExecutable } from "./disk.ts";

/** The absolute path of a program on PATH; undefined if it is not found. */
export function lookUp(name: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const suffixes = process.platform === "win32" ? [".exe", ""] : [""];
  // npm adds node_modules/.bin to the PATH of its scripts, and the wrappers there start Node for each build.
  const isWrapper = (folder: string) => /[/\\]node_modules[/\\]\.bin$/.test(folder);
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter).filter((folder) => folder && !isWrapper(folder));
  return folders
    .flatMap((folder) => suffixes.map((suffix) => resolve(folder, name + suffix)))
    .find((path) => isExecutable(path));
}
