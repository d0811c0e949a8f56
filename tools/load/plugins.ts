import { isObject, type JsonObject, objectAt } from "../core/json.ts";
import { field, filesOfGenerator, fold } from "./kustomization.ts";

/** The plugins that are part of kustomize and access no files except those that they name. */
const builtins = new Set(
  (
    "AnnotationsTransformer ConfigMapGenerator HashTransformer IAMPolicyGenerator ImageTagTransformer LabelTransformer " +
    "LegacyOrderTransformer NamespaceTransformer PatchJson6902Transformer PatchStrategicMergeTransformer PatchTransformer " +
    "PrefixSuffixTransformer PrefixTransformer ReplacementTransformer ReplicaCountTransformer SecretGenerator " +
    "SortOrderTransformer SuffixTransformer ValueAddTransformer"
  ).split(" "),
);

/** Annotations that make kustomize run a program or a container. */
const functionAnnotations = new Set(["config.kubernetes.io/function", "config.k8s.io/function"]);

/** What a plugin configuration makes kustomize do. */
interface PluginCheck {
  /** What it would run, as shown to users: `helm`, `a function`. Undefined for a builtin plugin. */
  readonly runs: string | undefined;
  /** Files that it reads. */
  readonly paths: readonly string[];
  /** Fields that need kustomize 5; 4.5.4 ignores them here. */
  readonly modern: readonly string[];
}

/** Checks the configuration of a generator, transformer or validator. */
export function checkPlugin(config: JsonObject): PluginCheck {
  const kind = text(config, "kind");
  const annotations = objectAt(objectAt(config, "metadata"), "annotations") ?? {};
  if (Object.keys(annotations).some((name) => functionAnnotations.has(name))) return runs("a function");
  if (/^Helm/i.test(kind)) return runs("helm");
  if (text(config, "apiversion") !== "builtin" || !builtins.has(kind))
    return runs(`the plugin ${kind || "without a kind"}`);
  return { runs: undefined, paths: pathsOf(config), modern: modernIn(config, kind) };
}

function runs(what: string): PluginCheck {
  return { runs: what, paths: [], modern: [] };
}

function text(object: JsonObject, name: string): string {
  const value = field(object, name)[0]?.value;
  return typeof value === "string" ? value : "";
}

/** `path` of the configuration, its replacements and patches; `paths`; and the files that generators read. */
function pathsOf(config: JsonObject): string[] {
  const lists = ["replacements", "patches"].flatMap((name) => field(config, name).map(({ value }) => value));
  const holders = [config, ...lists.flatMap((list) => (Array.isArray(list) ? list.filter(isObject) : []))];
  const single = holders.flatMap((holder) => field(holder, "path").map(({ value }) => value));
  const several = field(config, "paths").flatMap(({ value }) => (Array.isArray(value) ? value : []));
  const generated = filesOfGenerator({ value: config, pointer: "", document: 0 }).map(({ path }) => path);
  // ValueAddTransformer's targets have a `fieldPath`; a list of patches may contain patches instead of paths.
  const written = [...single, ...several].filter((path) => typeof path === "string");
  return [...written, ...generated].filter((path) => path !== "" && !/[\n{]/.test(path));
}

function modernIn(config: JsonObject, kind: string): string[] {
  if (kind === "SortOrderTransformer") return [kind];
  const image = objectAt(config, Object.keys(config).find((key) => fold(key) === "imagetag") ?? "");
  return image && field(image, "tagsuffix").length > 0 ? ["imageTag.tagSuffix"] : [];
}
