import { Recent } from "../core/recent.ts";
import { replayed } from "../system/observe.ts";
import { BUILTIN_SPECS, extendSpecs, type FieldSpecs } from "./field-specs.ts";
import { type KustomizationFile, resolvePath, type SourceFiles } from "./files.ts";
import { generate, generatorsOf } from "./generate.ts";
import type { Layer, Watch } from "./layer.ts";
import type { MergeKeys } from "./merge-keys.ts";
import { child, descend, items, type MapNode, type Node, text, textAt } from "./node.ts";
import { openapiMergeKeys } from "./openapi.ts";
import type { Shadow } from "./shadow.ts";
import { transform } from "./transform/table.ts";
import type { Work } from "./work.ts";

/** The result of a kustomization, for the one that uses it. */
export interface Accumulated {
  readonly shadows: readonly Shadow[];
  /** The field specs of its own `configurations` and those of its bases, which kustomize passes on. */
  readonly specs: FieldSpecs;
}

interface Run {
  readonly files: SourceFiles;
  readonly work: Work;
  /** The results of bases, by folder: a base is the same for every overlay that uses it. */
  readonly bases: Bases;
  /** The merge keys of lists for kustomizations without their own OpenAPI document. */
  readonly mergeKeys: MergeKeys;
  /** The folders being accumulated, to stop at cycles. */
  readonly open: Set<string>;
  readonly watch?: Watch;
}

/** A base that was followed: its result, its steps, and the work it took. */
interface Base {
  readonly result: Accumulated;
  readonly steps: Watch["steps"];
  readonly spent: number;
}

/** Bases by folder. Each call notifies the observer of the files read for the base. */
type Bases = Map<string, () => Base>;

/** How many bases to keep. Shared bases stay: they are the most recently used. */
const MOST_BASES = 200;

/** Bases by the path of the targets' OpenAPI document, which affects their result. */
export class SharedBases {
  readonly #bases = new Map<string, Bases>();

  /** The bases for targets with this OpenAPI document, or without one. */
  of(openapi: string | undefined): Bases {
    const bases = this.#bases.get(openapi ?? "") ?? new Recent<string, () => Base>(MOST_BASES);
    this.#bases.set(openapi ?? "", bases);
    return bases;
  }
}

const MAX_RESOURCES = 50_000;
const NOTHING: Accumulated = { shadows: [], specs: BUILTIN_SPECS };

/**
 * Follows the kustomization of a folder as kustomize does: bases and files, generators, components, then its own
 * transformers. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
 *
 * @throws RangeError if this takes too much work.
 */
export function accumulate(dir: string, run: Run): Accumulated {
  const known = run.bases.get(dir);
  if (known !== undefined) {
    const { result, steps, spent } = known();
    run.work.spend(spent);
    run.watch?.steps.push(...steps);
    return result;
  }
  const follow = replayed(() => followed(dir, run));
  const { result } = follow();
  run.bases.set(dir, follow);
  return result;
}

function followed(dir: string, run: Run): Base {
  const { work, watch } = run;
  const [start, left] = [watch?.steps.length ?? 0, work.left];
  watch?.users.push(dir);
  const result = apply(dir, NOTHING, run);
  watch?.users.pop();
  return { result, steps: watch?.steps.slice(start) ?? [], spent: left - work.left };
}

/** Applies the kustomization of a folder to given resources: a component gets those of its parent. */
function apply(dir: string, given: Accumulated, run: Run): Accumulated {
  const file = run.files.kustomization(dir);
  if (!file || run.open.has(dir)) return given;
  run.open.add(dir);
  try {
    return applyFile(file, given, run);
  } finally {
    run.open.delete(dir);
  }
}

function applyFile(file: KustomizationFile, given: Accumulated, run: Run): Accumulated {
  const paths = [...items(child(file.root, "resources")), ...items(child(file.root, "bases"))].map(text);
  const own = paths.reduce((so, path) => join(so, resource(file.dir, path, run)), given);
  const layer = layerOf(file, own.specs, run);
  const made = generate(own.shadows, generatorsOf(layer), layer);
  const composed = components(file, { shadows: made.shadows, specs: own.specs }, run);
  const late = generate(composed.shadows, made.late, layer);
  const specs = configured(file, composed.specs, run);
  return { shadows: transform(late.shadows, { ...layer, specs }), specs };
}

function components(file: KustomizationFile, given: Accumulated, run: Run): Accumulated {
  return items(child(file.root, "components")).reduce((result, component) => {
    const dir = resolvePath(file.dir, text(component));
    return dir === undefined ? result : apply(dir, result, run);
  }, given);
}

function layerOf(file: KustomizationFile, specs: FieldSpecs, run: Run): Layer {
  const { files, work, watch } = run;
  const plugins = (entry: Node): MapNode[] => pluginsOf(file.dir, entry, run);
  return { ...file, files, work, mergeKeys: mergeKeys(file, run), specs, plugins, watch };
}

/** The configurations of a plugin: inline, or from a file or folder, as for a resource. */
function pluginsOf(dir: string, entry: Node, run: Run): MapNode[] {
  const inline = entry.kind === "scalar" ? run.files.embedded(entry) : [];
  const found = inline.flatMap((document) => manifests(document));
  const shadows = found.length > 0 ? found : resource(dir, text(entry), run).shadows;
  return shadows.map((shadow) => shadow.node);
}

/** The path of the OpenAPI document that a kustomization names. */
export function openapiOf(file: KustomizationFile | undefined): string | undefined {
  return file && resolvePath(file.dir, text(descend(file.root, "openapi", "path")));
}

/** The merge keys, including those from the kustomization's own OpenAPI document. */
function mergeKeys(file: KustomizationFile, run: Run): MergeKeys {
  const path = openapiOf(file);
  return path === undefined ? run.mergeKeys : openapiMergeKeys(run.files.documents(path).at(0), run.mergeKeys);
}

function configured(file: KustomizationFile, specs: FieldSpecs, run: Run): FieldSpecs {
  return items(child(file.root, "configurations")).reduce((result, item) => {
    const path = resolvePath(file.dir, text(item));
    return path === undefined ? result : extendSpecs(result, run.files.documents(path).at(0));
  }, specs);
}

function join(one: Accumulated, other: Accumulated): Accumulated {
  const shadows = [...one.shadows, ...other.shadows];
  if (shadows.length > MAX_RESOURCES) throw new RangeError("too many resources to trace");
  return { shadows, specs: other.specs === BUILTIN_SPECS ? one.specs : other.specs };
}

/** An entry of `resources`: a file of manifests, or the folder of another kustomization. */
function resource(dir: string, entry: string, run: Run): Accumulated {
  const path = resolvePath(dir, entry);
  if (path === undefined) return NOTHING;
  if (run.files.text(path) === undefined) return accumulate(path, run);
  const shadows = run.files
    .documents(path)
    .all()
    .flatMap((document) => manifests(document));
  run.work.spend(shadows.length);
  return { shadows, specs: BUILTIN_SPECS };
}

/** The resources of a document; kustomize expands Lists. */
function manifests(node: Node | undefined): Shadow[] {
  if (node?.kind !== "map") return [];
  const list = child(node, "items");
  if (textAt(node, "kind").endsWith("List") && list?.kind === "list") return list.items.flatMap(manifests);
  return [{ node, previous: [], origin: node.at, generated: false }];
}
