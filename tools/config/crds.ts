import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { definitionsIn } from "../core/resource.ts";
import { readManifest, readText } from "../parse/file.ts";
import { tryKindOf } from "../system/disk.ts";
import { listFiles } from "./files.ts";

/**
 * Reads the CustomResourceDefinitions in the files and folders of `schemas`.
 *
 * @throws UserError if a path does not exist, does not parse, or has no definition.
 */
export function readCrds(paths: readonly string[], root: string): JsonObject[] {
  return paths.flatMap((path) => {
    const crds = manifests(join(root, path)).flatMap((file) => crdsOf(file));
    if (crds.length === 0) throw new UserError(`schemas: ${path} has no CustomResourceDefinition`);
    return crds;
  });
}

function manifests(path: string): string[] {
  const kind = tryKindOf(path);
  if (kind === undefined) throw new UserError(`schemas: ${path} does not exist`);
  return kind === "folder" ? listFiles(path).filter((file) => /\.(ya?ml|json)$/.test(file)) : [path];
}

function crdsOf(file: string): JsonObject[] {
  const { resources, problems } = readManifest(readText(file, file), file);
  const [problem] = problems;
  if (problem) throw new UserError(`${file}:${problem.line ?? 1}: ${problem.message}`);
  return definitionsIn(resources);
}
