import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { listFolder } from "../system/disk.ts";
import { packageFolder } from "../system/packages.ts";

/** A kind in kubernetes-models, which also contains removed API versions such as extensions/v1beta1. */
export interface Model {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absolute path of the declaration. */
  readonly file: string;
}

/** All models, including removed API versions and types that are no kinds. */
export function models(): Model[] {
  const root = installed("kubernetes-models");
  return folders(root)
    .flatMap((name) => (name === "v1" ? [name] : folders(join(root, name)).map((version) => `${name}/${version}`)))
    .flatMap((apiVersion) => modelsIn(apiVersion, join(root, apiVersion)));
}

function modelsIn(apiVersion: string, folder: string): Model[] {
  const files = listFolder(folder).map(({ name }) => name);
  return files
    .filter((name) => name.endsWith(".d.ts") && name !== "index.d.ts")
    .map((name) => ({ apiVersion, kind: name.slice(0, -".d.ts".length), file: join(folder, name) }));
}

function folders(path: string): string[] {
  return listFolder(path)
    .filter(({ name, kind }) => kind === "folder" && !name.startsWith("_"))
    .map(({ name }) => name);
}

/**
 * The file that declares a type in the type table, such as `apps.v1.DeploymentSpec`. The first part is the first word of the API
 * group, or `core` for the core group.
 */
export function fileOfType(name: string): string {
  const [group = "", version = "", type = ""] = name.split(".");
  if (group === "meta") return join(installed("@kubernetes-models/apimachinery"), `apis/meta/${version}/${type}.d.ts`);
  const root = installed("kubernetes-models");
  if (group === "core") return join(root, version, `${type}.d.ts`);
  const folder = folders(root).find((name) => name === group || name.startsWith(`${group}.`)) ?? group;
  return join(root, folder, version, `${type}.d.ts`);
}

function installed(name: string): string {
  const folder = packageFolder(name);
  if (folder !== undefined) return folder;
  throw new UserError(`${name} is not installed: run \`npm ci\` in the folder of this program`);
}
