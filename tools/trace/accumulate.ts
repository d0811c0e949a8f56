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

/** What a kustomization hands to the one that uses it. */
export interface Accumulated {
  readonly shadows: readonly Shadow[];
  /** The field specs of its own `configurations` and its bases': kustomize passes them on. */
  readonly specs: FieldSpecs;
}

export interface Run {
  readonly files: SourceFiles;
  readonly work: Work;
  /** What bases gave, by folder: a base is the same for every overlay that uses it. */
  readonly bases: Bases;
  /** How lists merge where a kustomization has no OpenAPI document of its own. */
  readonly mergeKeys: MergeKeys;
  /** The folders being accumulated, to end cycles. */
  readonly open: Set<string>;
  readonly watch?: Watch;
}

/** A base that was followed: what it gave, what was seen on the way, and what it cost. */
interface Base {
  readonly result: Accumulated;
  readonly steps: Watch["steps"];
  readonly spent: number;
}

/** By folder. Each tells whoever observes what was read for it, each time. */
export type Bases = Map<string, () => Base>;

/** Bases that are kept: those that many share are among those used last. */
const MOST_BASES = 200;

/** Bases of targets that have the same OpenAPI document, which counts for them too; by the path of that. */
export class SharedBases {
  readonly #bases = new Map<string, Bases>();

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

/** Applies the kustomization of a folder to resources that are there: a component has those of its parent. */
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

/** A plugin's configuration is written in place, or is a file or folder as a resource is. */
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

/** An OpenAPI document of its own tells how the lists of custom resources merge. */
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

/** The resources of a document; kustomize takes Lists apart. */
function manifests(node: Node | undefined): Shadow[] {
  if (node?.kind !== "map") return [];
  const list = child(node, "items");
  if (textAt(node, "kind").endsWith("List") && list?.kind === "list") return list.items.flatMap(manifests);
  return [{ node, previous: [], origin: node.at, generated: false }];
}
