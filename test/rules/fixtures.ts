import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import type { JsonObject } from "../../tools/core/json.ts";

const root = import.meta.dirname;

/** The fixtures that are files of manifests, relative to this folder. */
export const fixtures = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\/(?:pass|fail)[^/]*\.yaml$/.test(name),
);

export function documentsOf(fixture: string): JsonObject[] {
  return loadAll(readFileSync(join(root, fixture), "utf8")) as JsonObject[];
}
