import { isObject, type Json, type JsonObject, listAt, stringAt } from "../../core/json.ts";
import { isOneEditApart, nearest } from "../../core/nearest.ts";
import { type Container, containersOf, type Pod } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext, Violation } from "../../policy/define.ts";
import { createdKeys, keysOf } from "./config-keys.ts";
import { inWords } from "./containers.ts";
import { commandWords } from "./contracts.ts";
import { indexOf } from "./target.ts";

/** A mount of a container, and the files in its volume; undefined if they are not known. */
interface Mount {
  readonly path: string;
  readonly subPath: string | undefined;
  readonly pointer: string;
  readonly volume: Volume | undefined;
}

interface Volume {
  readonly what: string;
  readonly files: readonly string[];
}

/**
 * Files that containers read from ConfigMaps and Secrets that do not have them. Nothing can create a file in such a volume.
 */
export function* missingFiles(pod: Pod, resource: Resource, context: TargetContext): Generator<Violation> {
  for (const container of containersOf(pod)) {
    const mounts = mountsOf(container, pod, resource, context);
    if (mounts.length === 0) continue;
    for (const { subPath, volume, pointer } of mounts) {
      if (subPath === undefined || volume === undefined || has(volume, subPath)) continue;
      yield {
        pointer: `${pointer}/subPath`,
        message: `${inWords(container, resource)} mounts ${subPath} of ${volume.what}, which has no such key: it gets an empty folder`,
        help: helpFor(subPath, volume),
      };
    }
    const what = inWords(container, resource);
    for (const { word, pointer } of wordsOf(container)) yield* judge(word, pointer, what, mounts);
  }
}

function* judge(word: string, pointer: string, what: string, mounts: readonly Mount[]): Generator<Violation> {
  const mount = mountOf(word, mounts);
  if (mount === undefined) {
    const meant = mounts.find((one) => isIn(one, word));
    if (meant === undefined) return;
    const message = `${what} uses ${word}, but ${meant.volume?.what} is mounted at ${meant.path}`;
    yield { pointer, message, help: `Did you mean ${meant.path}/${word.split("/").at(-1)}?` };
    return;
  }
  const { path, subPath, volume } = mount;
  const file = word.slice(path.length + 1);
  // The kubelet links `..data` to the current version.
  if (file === "" || file.startsWith("..") || subPath !== undefined || volume === undefined || has(volume, file))
    return;
  if (!file.includes(".") && nearest(file, volume.files) === undefined) return;
  const message = `${what} uses ${word}, but ${volume.what} has no key for this file`;
  yield { pointer, message, help: helpFor(file, volume) };
}

/** Whether a path is that of a file in a volume, but for one letter of the folder. */
function isIn({ path, subPath, volume }: Mount, word: string): boolean {
  const [, folder = "", file = ""] = /^(.*)\/([^/]+)$/.exec(word) ?? [];
  return subPath === undefined && volume !== undefined && isOneEditApart(folder, path) && volume.files.includes(file);
}

function has({ files }: Volume, path: string): boolean {
  return files.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, "")}/`));
}

function helpFor(file: string, { files }: Volume): string {
  const near = nearest(file, files);
  return near === undefined ? `Its files: ${files.join(", ") || "none"}.` : `Did you mean ${near}?`;
}

/** The mount that has a path; none if another mount is inside of it. */
function mountOf(word: string, mounts: readonly Mount[]): Mount | undefined {
  const above = mounts.filter(({ path }) => word === path || word.startsWith(`${path}/`));
  const inside = mounts.some(({ path }) => path.startsWith(`${word}/`));
  return inside ? undefined : above.sort((one, other) => other.path.length - one.path.length)[0];
}

/** The absolute paths among the arguments of a container. A shell command may test whether a file exists. */
function wordsOf(container: Container): { readonly word: string; readonly pointer: string }[] {
  return commandWords(container).flatMap(({ word: text, pointer }) => {
    const [, word] = /^(?:[\w.-]+[= ])?(\/[\w./@+-]+)$/.exec(text) ?? [];
    return word === undefined ? [] : [{ word, pointer: container.pointer + pointer }];
  });
}

function mountsOf({ object, pointer }: Container, pod: Pod, resource: Resource, context: TargetContext): Mount[] {
  const volumes = listAt(pod.spec, "volumes").filter(isObject);
  return listAt(object, "volumeMounts").flatMap((mount, index) => {
    const path = isObject(mount) ? stringAt(mount, "mountPath") : undefined;
    if (!isObject(mount) || path === undefined) return [];
    const volume = volumes.find(({ name }) => name === mount.name);
    // The path of subPathExpr is only known in the cluster.
    const known = mount.subPathExpr === undefined ? volume && volumeOf(volume, resource, context) : undefined;
    const subPath = stringAt(mount, "subPath") || undefined;
    return [{ path: path.replace(/\/+$/, ""), subPath, pointer: `${pointer}/volumeMounts/${index}`, volume: known }];
  });
}

function volumeOf(volume: JsonObject, resource: Resource, context: TargetContext): Volume | undefined {
  const { configMap, secret, projected } = volume;
  if (isObject(configMap)) return ofSource("ConfigMap", configMap, configMap.name, resource, context);
  if (isObject(secret)) return ofSource("Secret", secret, secret.secretName, resource, context);
  if (!isObject(projected)) return undefined;
  const parts = listAt(projected, "sources").map((source) => ofProjection(source, resource, context));
  if (parts.some((part) => part === undefined)) return undefined;
  return { what: `volume ${volume.name}`, files: parts.flatMap((part) => part?.files ?? []) };
}

function ofProjection(source: Json, resource: Resource, context: TargetContext): Volume | undefined {
  if (!isObject(source)) return undefined;
  const { configMap, secret, serviceAccountToken, downwardAPI } = source;
  if (isObject(configMap)) return ofSource("ConfigMap", configMap, configMap.name, resource, context);
  if (isObject(secret)) return ofSource("Secret", secret, secret.name, resource, context);
  if (isObject(serviceAccountToken)) return { what: "token", files: [String(serviceAccountToken.path)] };
  if (isObject(downwardAPI)) return { what: "fields", files: itemsOf(downwardAPI).map(([, path]) => path) };
  return undefined;
}

/** A volume with items has only their paths. */
function ofSource(
  kind: "ConfigMap" | "Secret",
  source: JsonObject,
  name: Json | undefined,
  { namespace }: Resource,
  context: TargetContext,
): Volume | undefined {
  const items = itemsOf(source);
  const what = `${kind} ${name}`;
  if (source.optional === true || typeof name !== "string") return undefined;
  if (items.length > 0) return { what, files: items.map(([, path]) => path) };
  const found = indexOf(context).find(kind, namespace, name);
  const files = found ? keysOf(found) : createdKeys({ kind, namespace, name }, context)?.keys;
  return files && { what, files };
}

function itemsOf(source: JsonObject): [string, string][] {
  return listAt(source, "items").flatMap((item): [string, string][] =>
    isObject(item) ? [[stringAt(item, "key") ?? "", stringAt(item, "path") ?? ""]] : [],
  );
}
