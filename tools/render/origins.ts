import { relative, resolve } from "node:path";
import { isObject, type Json, type JsonObject, objectAt, stringAt } from "../core/json.ts";
import { type Resource, resourceId, type Target } from "../core/resource.ts";
import { objectOf, readKustomization } from "../load/kustomization.ts";
import { kustomizationIn, shown } from "../load/paths.ts";
import { parseDocuments } from "../parse/documents.ts";
import { resourcesOf } from "../parse/resources.ts";
import { readBytes, realPath, withTemporaryFolder, writeFiles } from "../system/disk.ts";
import { build, defaultLimits } from "./build.ts";
import type { Kustomize } from "./kustomize.ts";
import type { RenderOptions } from "./render.ts";

/** The plugin that made or changed a resource: `ConfigMapGenerator`, `PatchTransformer`. */
export interface Plugin {
  readonly kind: string;
  readonly name?: string;
}

/** Where a resource comes from: a file, or a generator in a kustomization. Paths are relative to the working directory. */
export interface Origin {
  /** The file that holds the resource, for one that was written. */
  readonly path?: string;
  /** The file that configures the generator, for one that was generated: a kustomization, or a plugin's own file. */
  readonly configuredIn?: string;
  readonly configuredBy?: Plugin;
}

/** One step that a resource went through, in order. kustomize names it for every resource it could have changed. */
export interface Transformation {
  readonly configuredIn: string;
  readonly configuredBy: Plugin;
}

export interface Origins {
  readonly origin?: Origin;
  readonly transformations: readonly Transformation[];
}

const originKey = "config.kubernetes.io/origin";
const transformationsKey = "alpha.config.kubernetes.io/transformations";

/**
 * Renders a target again with kustomize's origin and transformer annotations, and returns what they say of each
 * resource, by `resourceId`. Nothing is written into the target: a kustomization in a temporary folder refers to it, and
 * kustomize puts that one's build options in force for all that it reaches.
 *
 * @param kustomize the one that rendered the target.
 * @returns empty when the target does not render this way.
 */
export async function renderWithOrigins(
  target: Target,
  options: Pick<RenderOptions, "cwd" | "limits"> & { readonly kustomize: Kustomize },
): Promise<Map<string, Origins>> {
  const folder = resolve(options.cwd, target.path);
  return withTemporaryFolder(async (temporary) => {
    const real = realPath(folder) ?? folder;
    writeFiles(wrapper(real, temporary));
    const built = await build(options.kustomize, temporary, options.cwd, { ...defaultLimits, ...options.limits });
    if ("problem" in built) return new Map();
    const { resources } = resourcesOf(parseDocuments(built.text, target.path).documents);
    const cwd = realPath(options.cwd) ?? options.cwd;
    const path = (written: string) => shown(cwd, resolve(temporary, written));
    return new Map(resources.map((resource) => [resourceId(resource), originsOf(resource, path)]));
  });
}

/** The kustomization around a target. A schema of its own counts only at the top, so it is copied there. */
function wrapper(folder: string, temporary: string): { path: string; content: string | Uint8Array }[] {
  const top = {
    resources: [relative(temporary, folder)],
    buildMetadata: ["originAnnotations", "transformerAnnotations"],
  };
  const path = resolve(temporary, "kustomization.yaml");
  const file = kustomizationIn(folder);
  const openapi = file && objectAt(objectOf(readKustomization(file, file)), "openapi");
  const schema = stringAt(openapi || undefined, "path");
  if (!openapi || schema === undefined)
    return [{ path, content: JSON.stringify({ ...top, ...(openapi && { openapi }) }) }];
  const copy = { path: resolve(temporary, "openapi.json"), content: readBytes(resolve(folder, schema), 1 << 26) };
  return [{ path, content: JSON.stringify({ ...top, openapi: { ...openapi, path: "openapi.json" } }) }, copy];
}

function originsOf(resource: Resource, path: (written: string) => string): Origins {
  const annotations = objectAt(objectAt(resource.object, "metadata"), "annotations");
  const origin = originOf(annotation(annotations, originKey), path);
  const steps = annotation(annotations, transformationsKey);
  const transformations = (Array.isArray(steps) ? steps : []).filter(isObject).map((step) => ({
    configuredIn: path(stringAt(step, "configuredIn") ?? ""),
    configuredBy: pluginOf(step),
  }));
  return { ...(origin && { origin }), transformations };
}

/** The value of an annotation, which is YAML itself. */
function annotation(annotations: JsonObject | undefined, key: string): Json | undefined {
  const text = stringAt(annotations, key);
  return text === undefined ? undefined : parseDocuments(text, key).documents[0]?.value;
}

function originOf(value: Json | undefined, path: (written: string) => string): Origin | undefined {
  if (!isObject(value)) return undefined;
  const written = stringAt(value, "path");
  if (written !== undefined) return { path: path(written) };
  const configured = stringAt(value, "configuredIn");
  return configured === undefined ? undefined : { configuredIn: path(configured), configuredBy: pluginOf(value) };
}

function pluginOf(value: JsonObject): Plugin {
  const by = objectAt(value, "configuredBy");
  const name = stringAt(by, "name");
  return { kind: stringAt(by, "kind") ?? "", ...(name !== undefined && { name }) };
}
