import { createRequire } from "node:module";
import { dirname } from "node:path";

/** The folder of a package that this program depends on and that exports its package.json; undefined if it is not installed. */
export function packageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
