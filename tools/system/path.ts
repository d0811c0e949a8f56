import { delimiter, resolve } from "node:path";
import { isExecutable } from "./disk.ts";

/** The program that a name on PATH stands for, by its absolute path; undefined when there is none. */
export function lookUp(name: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const suffixes = process.platform === "win32" ? [".exe", ""] : [""];
  // npm puts its own folder on the PATH of its scripts: the wrapper there costs a start of Node for each build.
  const isWrapper = (folder: string) => /[/\\]node_modules[/\\]\.bin$/.test(folder);
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter).filter((folder) => folder && !isWrapper(folder));
  return folders
    .flatMap((folder) => suffixes.map((suffix) => resolve(folder, name + suffix)))
    .find((path) => isExecutable(path));
}
