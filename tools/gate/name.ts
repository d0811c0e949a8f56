import { resolve } from "node:path";
import { shown } from "../load/paths.ts";

/** A target as policies and waivers name it, wherever the run was started: relative to the folder of gitops.yaml. */
export function targetName(path: string, root: string, cwd: string): string {
  return path === "-" ? path : shown(root, resolve(cwd, path));
}
