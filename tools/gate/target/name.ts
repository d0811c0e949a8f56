import { resolve } from "node:path";
import { shown } from "../../load/paths.ts";

/** The name of a target in policies and waivers: its path relative to the folder of gitops.yaml. */
export function targetName(path: string, root: string, cwd: string): string {
  return path === "-" ? path : shown(root, resolve(cwd, path));
}

/** Targets, or what is known of them, by their names. */
export function byTargetName<T>(
  all: readonly T[],
  pathOf: (one: T) => string,
  root: string,
  cwd: string,
): Map<string, T> {
  return new Map(all.map((one) => [targetName(pathOf(one), root, cwd), one]));
}
