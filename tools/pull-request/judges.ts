import type { Config } from "../config/config.ts";

/**
 * Which of some files belong to what judges: the configuration and all that it names, the workflows, and `own`.
 *
 * @param own files and folders of the gate itself, where it is in the same repository
 */
export function judgesAmong(files: readonly string[], config: Config, own: readonly string[]): string[] {
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
