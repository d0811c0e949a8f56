import { join, relative, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { configThere, type LoadedConfig, type Place } from "./config.ts";

/** The configuration of another checkout; if it cannot be read, today's configuration is used. */
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
 * The paths of the targets, relative to the folder `cwd`: from the arguments of the command line, or else from the
 * configuration. Arguments are relative to `here`, and mean the same paths in the other folder.
 */
export function pathsIn(config: LoadedConfig, cwd: string, words: readonly string[], here: string): string[] {
  if (words.length > 0) return words.map((word) => relative(here, resolve(here, word)) || ".");
  return (config.targets ?? ["."]).map((path) => relative(cwd, join(config.root, path)) || ".");
}
