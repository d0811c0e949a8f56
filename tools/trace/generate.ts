import { posix } from "node:path";
import { resolvePath } from "./files.ts";
import type { Layer } from "./layer.ts";
import {
  child,
  type Entry,
  entries,
  items,
  type MapNode,
  map,
  type Node,
  scalar,
  text,
  textAt,
  withEntry,
} from "./node.ts";
import { findById, idOf, type Shadow } from "./shadow.ts";

/** A generator's entry in a kustomization, or the configuration of a generator plugin. */
interface Generator {
  readonly kind: "ConfigMap" | "Secret";
  readonly config: Node;
}

/**
 * Applies the generators of a kustomization. A generator whose merge target does not exist yet is returned in `late`:
 * before 5.1, kustomize ran generators after components; since then, it runs them before. Only one of the two can have
 * rendered. https://github.com/kubernetes-sigs/kustomize/pull/5170
 */
export function generate(given: readonly Shadow[], generators: readonly Generator[], layer: Layer): Generated {
  let shadows = given;
  const late: Generator[] = [];
  for (const generator of generators) {
    const added = generated(generator, layer);
    const behavior = textAt(generator.config, "behavior");
    const merges = behavior === "merge" || behavior === "replace";
    const old = merges ? findById(shadows, idOf(added.node)) : undefined;
    if (!merges) shadows = shadows.concat(added);
    else if (!old) late.push(generator);
    else shadows = shadows.map((shadow) => (shadow === old ? combined(old, added, behavior) : shadow));
  }
  return { shadows, late };
}

interface Generated {
  readonly shadows: readonly Shadow[];
  readonly late: readonly Generator[];
}

/**
 * All generators of a kustomization.
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/configmapgenerator/ and secretgenerator
 */
export function generatorsOf(layer: Layer): Generator[] {
  const of = (field: string, kind: Generator["kind"]): Generator[] =>
    items(child(layer.root, field)).map((config) => ({ kind, config }));
  const plugins = items(child(layer.root, "generators")).flatMap(layer.plugins);
  return [
    ...of("configMapGenerator", "ConfigMap"),
    ...of("secretGenerator", "Secret"),
    ...plugins.flatMap((config): Generator[] => {
      const kind = /^(ConfigMap|Secret)Generator$/.exec(textAt(config, "kind"))?.[1];
      return kind ? [{ kind: kind as Generator["kind"], config }] : [];
    }),
  ];
}

function generated({ kind, config }: Generator, layer: Layer): Shadow {
  const written = (value: string): Entry => ({ at: config.at, value: scalar(value, config.at) });
  const fields = new Map<string, Entry>([
    ["apiVersion", written("v1")],
    ["kind", written(kind)],
    ["metadata", { at: config.at, value: metadata(config, layer) }],
  ]);
  const data = dataOf(config, layer);
  for (const field of ["data", "binaryData"]) {
    if (data.size > 0) fields.set(field, { at: config.at, value: map(config.at, data) });
  }
  for (const field of ["type", "immutable"]) {
    const entry = entries(config).get(field) ?? option(config, field, layer);
    if (entry) fields.set(field, entry);
  }
  return { node: map(config.at, fields), previous: [], origin: config.at, generated: true };
}

/** An option from the generator's own `options`, or else from the kustomization's `generatorOptions`. */
function option(config: Node, name: string, layer: Layer): Entry | undefined {
  return entries(child(config, "options")).get(name) ?? entries(child(layer.root, "generatorOptions")).get(name);
}

function metadata(config: Node, layer: Layer): MapNode {
  const own = child(config, "metadata");
  const names = ["name", "namespace"].flatMap((key): [string, Entry][] => {
    const entry = entries(config).get(key) ?? entries(own).get(key);
    return entry ? [[key, entry]] : [];
  });
  const pairs = ["labels", "annotations"].flatMap((key): [string, Entry][] => {
    const options = [child(layer.root, "generatorOptions"), child(config, "options")];
    const all = options.flatMap((node) => [...entries(child(node, key))]);
    const at = entries(options[1]).get(key)?.at ?? entries(options[0]).get(key)?.at ?? config.at;
    return all.length > 0 ? [[key, { at, value: map(at, all) }]] : [];
  });
  return map(config.at, [...names, ...pairs]);
}

function dataOf(config: Node, layer: Layer): Map<string, Entry> {
  const environments = [...items(child(config, "envs")), ...single(child(config, "env"))];
  return new Map([
    ...environments.flatMap((path) => fromEnvironment(text(path), layer)),
    ...items(child(config, "files")).flatMap((file) => fromFile(file, layer)),
    ...items(child(config, "literals")).flatMap(fromLiteral),
  ]);
}

function single(node: Node | undefined): Node[] {
  return node ? [node] : [];
}

type Pair = [key: string, entry: Entry];

function fromLiteral(literal: Node): Pair[] {
  const [, key, value = ""] = /^([^=]*)=(.*)$/s.exec(text(literal)) ?? [];
  return key === undefined ? [] : [[key, { at: literal.at, value: scalar(unquoted(value), literal.at) }]];
}

function unquoted(value: string): string {
  return /^(["']).*\1$/s.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}

/** The position is in the file itself, which a person would edit, not at the line that references it. */
function fromFile(file: Node, layer: Layer): Pair[] {
  const [, key, path = ""] = /^(?:([^=]*)=)?(.*)$/s.exec(text(file)) ?? [];
  const resolved = resolvePath(layer.dir, path);
  if (resolved === undefined) return [];
  const at = { file: resolved, line: 1, column: 1 };
  const value = { ...scalar(layer.files.text(resolved) ?? "", at), inner: { line: 1, column: 0 } };
  return [[key ?? posix.basename(path), { at, value }]];
}

/** Reads lines `KEY=value`; a line without `=` takes its value from the environment of the build. */
function fromEnvironment(path: string, layer: Layer): Pair[] {
  const file = resolvePath(layer.dir, path);
  const lines = file === undefined ? [] : (layer.files.text(file) ?? "").split("\n");
  layer.work.spend(lines.length);
  return lines.flatMap((line, index): Pair[] => {
    const [, indent = "", key, value = ""] = /^(\s*)([^#=\s][^=]*?)(?:=(.*?))?\r?$/.exec(line) ?? [];
    if (key === undefined) return [];
    const at = { file: file ?? path, line: index + 1, column: indent.length + 1 };
    return [[key, { at, value: scalar(value, at) }]];
  });
}

/**
 * `behavior: merge` keeps the data that the generator does not set; `replace` keeps only name, labels and annotations.
 */
function combined(old: Shadow, added: Shadow, behavior: string): Shadow {
  const node = [...added.node.entries].reduce<MapNode>(
    (result, [field, entry]) => {
      if (field === "metadata") return withEntry(result, field, mergedMetadata(old.node, entry));
      if (field === "data" || field === "binaryData")
        return withEntry(result, field, data(old.node, field, entry, behavior));
      return field === "apiVersion" || field === "kind" ? result : withEntry(result, field, entry);
    },
    withoutData(old.node, behavior),
  );
  return { ...old, node, generated: true };
}

function withoutData(node: MapNode, behavior: string): MapNode {
  if (behavior === "merge") return node;
  return { ...node, entries: new Map([...node.entries].filter(([key]) => !/^(data|binaryData)$/.test(key))) };
}

function data(old: MapNode, field: string, added: Entry, behavior: string): Entry {
  const before = old.entries.get(field);
  if (!before || behavior !== "merge") return added;
  return { at: before.at, value: map(before.value.at, [...entries(before.value), ...entries(added.value)]) };
}

function mergedMetadata(old: MapNode, added: Entry): Entry {
  const before = old.entries.get("metadata");
  if (before?.value.kind !== "map") return added;
  const merged = ["labels", "annotations"].reduce<MapNode>((result, field) => {
    const more = entries(added.value).get(field);
    if (!more) return result;
    const known = result.entries.get(field);
    const value = map(known?.value.at ?? more.value.at, [...entries(known?.value), ...entries(more.value)]);
    return withEntry(result, field, { at: known?.at ?? more.at, value });
  }, before.value);
  return { at: before.at, value: merged };
}
