import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../../core/json.ts";
import { didYouMean } from "../../../core/nearest.ts";
import type { Demands, Wrong } from "./demand.ts";
import { templatesIn } from "./templates.ts";

/** Argo CD fills in the template for each set of values that a generator yields. */
export const ofApplicationSets: Demands = {
  "ApplicationSet.argoproj.io": [
    { path: "spec/template", judge: wrongTemplate },
    { path: "spec/template/metadata/name", judge: wrongName },
  ],
};

/**
 * The values of a generator by name, each with its fields if they are known; undefined if a server, a file or a plugin decides.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators/
 */
type Values = ReadonlyMap<string, readonly string[] | undefined>;

const ofPath = ["path", "basename", "basenameNormalized", "segments", "filename", "filenameNormalized"];

function valuesOf(generator: Json): Values | undefined {
  if (!isObject(generator)) return undefined;
  const { list, git, clusters, matrix, merge } = generator;
  if ([list, git, clusters, matrix, merge].some((one) => isObject(one) && one.template !== undefined)) return undefined;
  if (isObject(list) && list.elementsYaml === undefined)
    return merged(listAt(list, "elements").flatMap((one) => (isObject(one) ? Object.keys(one).map(named) : [])));
  if (isObject(git) && git.files === undefined)
    return new Map([
      [stringAt(git, "pathParamPrefix") ?? "path", git.pathParamPrefix ? undefined : ofPath],
      ...own(git),
    ]);
  if (isObject(clusters) && clusters.flatList !== true)
    return new Map([...["name", "nameNormalized", "server", "project", "metadata"].map(named), ...own(clusters)]);
  const several = objectAt(generator, "matrix") ?? objectAt(generator, "merge");
  return several && union(listAt(several, "generators").map(valuesOf));
}

/** The values of several generators; undefined if those of one are not known. */
function union(all: readonly (Values | undefined)[]): Values | undefined {
  const isUnknown = all.length === 0 || all.includes(undefined);
  return isUnknown ? undefined : merged(all.flatMap((one) => [...(one ?? [])]));
}

function merged(entries: readonly (readonly [string, readonly string[] | undefined])[]): Values {
  const found = new Map<string, readonly string[] | undefined>();
  for (const [name, fields] of entries) {
    const known = found.has(name) ? found.get(name) : [];
    found.set(name, fields && known && [...known, ...fields]);
  }
  return found;
}

/** An element may set a single one of the `values` of another generator: `values.tier`. */
function named(key: string): [string, readonly string[] | undefined] {
  const [root = "", field] = key.split(".", 2);
  return [root, field === undefined ? undefined : [field]];
}

function own(generator: JsonObject): [string, readonly string[]][] {
  const values = objectAt(generator, "values");
  return values === undefined ? [] : [["values", Object.keys(values)]];
}

function wrongTemplate(template: Json, spec: JsonObject): Wrong | undefined {
  const generators = listAt(spec, "generators").filter((one) => !isEmpty(one));
  // No template is filled in then.
  if (generators.length === 0) return undefined;
  const known = union(generators.map(valuesOf));
  for (const { text, at } of templatesIn(template)) {
    const wrong = spec.goTemplate === true ? wrongInGo(text, known) : wrongInOld(text, at, known);
    if (wrong !== undefined) return { ...wrong, at };
  }
  return undefined;
}

/** Whether a generator yields nothing: it is a list without elements, a product with one, or based on one. */
function isEmpty(generator: Json): boolean {
  if (!isObject(generator)) return false;
  const { list, matrix, merge } = generator;
  if (isObject(list)) return list.elementsYaml === undefined && listAt(list, "elements").length === 0;
  if (isObject(matrix)) return listAt(matrix, "generators").some(isEmpty);
  return isObject(merge) && listAt(merge, "generators").slice(0, 1).some(isEmpty);
}

/** Fields that a program reads. Other texts, such as values of a chart, may contain templates of other programs. */
const plain =
  /^\/(?:metadata\/name|spec\/project|spec\/sources?(?:\/\d+)?\/(?:repoURL|path|targetRevision|chart)|spec\/destination\/\w+)$/;

/** Without Go templates, an unknown expression stays as it is. */
function wrongInOld(text: string, at: string, known: Values | undefined): Wrong | undefined {
  if (!plain.test(at)) return undefined;
  const expressions = expressionsIn(text);
  const inGo = expressions.find((one) => one.startsWith("."));
  if (inGo !== undefined)
    return { does: `has the Go template {{ ${inGo} }} without goTemplate: true`, help: "Set spec.goTemplate: true." };
  const unknown = expressions.find((one) => lacks(one, known));
  return unknown === undefined ? undefined : lack(unknown, known);
}

/** In a block of `range` or `with`, the dot stands for something else. */
function wrongInGo(text: string, known: Values | undefined): Wrong | undefined {
  if (/\{\{-?\s*(?:range|with|define|block|template)\b|\{\{\s*[`"]/.test(text)) return undefined;
  for (const expression of expressionsIn(text)) {
    const [root = ""] = expression.split(/[.[]/, 1);
    if (root !== "" && (known ?? new Map([...ofPath, "name", "server", "metadata"].map(named))).has(root))
      return {
        does: `has {{ ${expression} }}, which is no Go template`,
        help: `Write {{ .${expression} }}, or remove goTemplate.`,
      };
    if (expression.startsWith(".") && lacks(expression.slice(1), known)) return lack(expression, known);
  }
  return undefined;
}

/** The expressions that only name a value: `.path.basename`, `path[0]`. */
function expressionsIn(text: string): string[] {
  return [...text.matchAll(/\{\{-?\s*(\.?[A-Za-z_][\w-]*(?:\.[\w/-]+|\[\d+\])*)\s*-?\}\}/g)].map(([, one = ""]) => one);
}

function lacks(expression: string, known: Values | undefined): boolean {
  const [root = "", field] = expression.split(/[.[]/, 2);
  if (known === undefined || root === "") return false;
  const fields = known.get(root);
  // `path[0]` is a segment of the path.
  const isIndex = expression.startsWith(`${root}[`);
  return !known.has(root) || (field !== undefined && !isIndex && fields !== undefined && !fields.includes(field));
}

function lack(expression: string, known: Values | undefined): Wrong {
  const [root = "", field = ""] = expression.replace(/^\./, "").split(".", 2);
  const fields = known?.get(root);
  const all = [...(fields ?? known?.keys() ?? [])].sort();
  const near = didYouMean(field || root, all);
  const names = all.map((one) => (fields === undefined ? one : `${root}.${one}`)).join(", ");
  return {
    does: `uses {{ ${expression} }}, which no generator provides${near}`,
    help: `They provide ${names || "nothing"}.`,
  };
}

/** `ApplicationSet … contains applications with duplicate name`: none of them is created. */
function wrongName(name: Json, spec: JsonObject): Wrong | undefined {
  const generators = listAt(spec, "generators");
  const isKnown = spec.templatePatch === undefined && union(generators.map(valuesOf)) !== undefined;
  if (typeof name !== "string" || name.includes("{{") || !isKnown) return undefined;
  const isSure = generators.some((one) => yieldsSeveral(one, (list) => listAt(list, "elements").length > 1));
  if (!isSure && !generators.some((one) => yieldsSeveral(one, hasPattern))) return undefined;
  return {
    does: `names all of its Applications ${name}`,
    help: "Use a value of the generator in the name.",
    // A pattern may match a single folder.
    ...(!isSure && { severity: "warning" }),
  };
}

function yieldsSeveral(generator: Json, isSeveral: (generator: JsonObject) => boolean): boolean {
  const { list, git, matrix } = isObject(generator) ? generator : {};
  const inner = isObject(matrix) ? listAt(matrix, "generators") : [];
  return (
    [list, git].some((one) => isObject(one) && isSeveral(one)) || inner.some((one) => yieldsSeveral(one, isSeveral))
  );
}

function hasPattern(git: JsonObject): boolean {
  return listAt(git, "directories").some(
    (one) => isObject(one) && one.exclude !== true && String(one.path).includes("*"),
  );
}
