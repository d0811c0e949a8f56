import { dirname, relative, resolve } from "node:path";
import { type LoadedConfig, nearestConfig } from "../../config/config.ts";
import { tryKindOf } from "../../system/disk.ts";

/**
 * A gitops.yaml that belongs to one of the paths, which are in other repositories, relative to the working directory. It is not in effect,
 * because the configuration is that of the working directory: policies of a foreign repository are code.
 */
export function foreignConfig(
  paths: readonly string[],
  { path: own, named }: LoadedConfig,
  cwd: string,
): string | undefined {
  if (named !== undefined) return undefined;
  for (const path of paths) {
    const place = resolve(cwd, path);
    const config = nearestConfig(tryKindOf(place) === "folder" ? place : dirname(place));
    if (config !== undefined && config !== own) return relative(cwd, config);
  }
  return undefined;
}
