import { join, relative, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { configThere, type LoadedConfig, type Place } from "./config.ts";

/** The configuration of another checkout; where it cannot be read, today's stands in for it. */
export function pastConfig(there: Place, here: Place, today: LoadedConfig): LoadedConfig {
  try {
    return configThere(there, here, today.named);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const root = join(there.top, relative(here.top, today.root));
    return { ...today, root, home: root };
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
