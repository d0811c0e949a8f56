import type { Config } from "../config/config.ts";

/**
 * The files that decide the result of the check: the configuration and everything it references, the workflows, and `own`.
 *
 * @param own files and folders of the gate itself, if it is in the same repository
 */
export function decidingFiles(files: readonly string[], config: Config, own: readonly string[]): string[] {
  const { policies = [], schemas = [], waivers = [], contracts = [] } = config;
  const places = ["gitops.yaml", ".github", policies, schemas, waivers, contracts, own].flat().map(plain);
  const isIn = (file: string, place: string) => place === "" || file === place || file.startsWith(`${place}/`);
  return [...new Set(files)].filter((file) => places.some((place) => isIn(file, place))).sort();
}

/** `./policies/` → `policies` */
function plain(path: string): string {
  return path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
