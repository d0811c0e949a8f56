import { join, relative, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { type LoadedConfig, loadConfig } from "./config.ts";

/** The configuration of another revision; where it cannot be read, today's stands in for it. */
export function pastConfig(cwd: string, top: string, today: LoadedConfig): LoadedConfig {
  try {
    return loadConfig(cwd, undefined, top);
  } catch (error) {
    if (error instanceof UserError) return today;
    throw error;
  }
}

/**
 * The paths, relative to a folder, of the targets that words of a command line name, or that the configuration of that
 * folder does. What the words mean `here` has the same place in the other folder.
 */
export function pathsIn(config: LoadedConfig, cwd: string, words: readonly string[], here: string): string[] {
  if (words.length > 0) return words.map((word) => relative(here, resolve(here, word)) || ".");
  return (config.targets ?? ["."]).map((path) => relative(cwd, join(config.root, path)) || ".");
}
