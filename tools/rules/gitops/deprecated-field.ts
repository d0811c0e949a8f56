import { isObject, type Json, type JsonObject, stringAt } from "../../core/json.ts";
import { join } from "../../core/pointer.ts";
import { field } from "../../load/kustomization.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { flow } from "../lib/yaml-flow.ts";

/** The new name of a field, and the conversion of its value. */
interface Successor {
  readonly field: string;
  readonly instead: (value: Json) => Json | undefined;
}

const listed = (value: Json): readonly Json[] => (Array.isArray(value) ? value : []);

/** The conversions of `kustomize edit fix`: `FixKustomizationPreUnmarshalling` and `FixKustomizationPostUnmarshalling`. */
const successors: Readonly<Record<string, Successor>> = {
  bases: { field: "resources", instead: (value) => value },
  commonlabels: { field: "labels", instead: (pairs) => [{ pairs, includeSelectors: true }] },
  imagetags: { field: "images", instead: (value) => value },
  patchesjson6902: { field: "patches", instead: (value) => value },
  patchesstrategicmerge: { field: "patches", instead: (value) => listed(value).map(patchOf) },
  vars: { field: "replacements", instead: (value) => listed(value).map(replacementOf) },
  helmchartinflationgenerator: { field: "helmCharts", instead: () => undefined },
};

/** Text with a line break or a brace is an inline patch, anything else a path. */
function patchOf(patch: Json): Json {
  return typeof patch === "string" && /[\n{]/.test(patch) ? { patch } : { path: patch };
}

function replacementOf(value: Json): Json {
  const { name, objref, fieldref } = isObject(value) ? value : {};
  const fieldPath = (isObject(fieldref) && stringAt(fieldref, "fieldpath")) || "metadata.name";
  return {
    source: { ...(isObject(objref) ? objref : {}), fieldPath },
    targets: [{ select: { kind: "…" }, fieldPaths: [`where $(${String(name)}) is used`] }],
  };
}

export const deprecatedField = definePolicy({
  id: "gitops/deprecated-field",
  severity: "warning",
  why: "kustomize has deprecated this field: a future version will no longer read it, and a controller with that version will sync nothing. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/",
  fix: "Run kustomize edit fix in the folder, or make the change that the finding shows.",
  *checkKustomization({ object }): Generator<Violation> {
    for (const [name, successor] of Object.entries(successors)) {
      for (const { key, value } of field(object, name)) yield* deprecated(key, join("", key), successor, value);
    }
    yield* ofPatches(object);
    yield* ofGenerators(object);
  },
});

/** kustomize 4 reads a string in patches as an entry of patchesStrategicMerge; kustomize 5 rejects it. */
function* ofPatches(object: JsonObject): Generator<Violation> {
  for (const { key, value } of field(object, "patches")) {
    for (const [index, patch] of listed(value).entries()) {
      if (typeof patch !== "string") continue;
      const message = `a string in ${key} is rejected by kustomize 5`;
      yield { pointer: join(join("", key), index), message, help: `Use - ${flow(patchOf(patch))}` };
    }
  }
}

/** `env` is a single file, `envs` a list of files. */
function* ofGenerators(object: JsonObject): Generator<Violation> {
  const successor: Successor = { field: "envs", instead: (value) => [value] };
  for (const name of ["configmapgenerator", "secretgenerator"]) {
    for (const { key, value } of field(object, name)) {
      for (const [index, generator] of listed(value).entries()) {
        for (const env of isObject(generator) ? field(generator, "env") : [])
          yield* deprecated(env.key, join(`${join("", key)}/${index}`, env.key), successor, env.value);
      }
    }
  }
}

/** kustomize also warns about an empty list (`vars: []`), but not about a key without a value. */
function* deprecated(key: string, pointer: string, { field, instead }: Successor, value: Json): Generator<Violation> {
  if (value === null || value === "") return;
  const message = `${key} is deprecated in favour of ${field}`;
  const written = instead(value);
  const fix = written === undefined ? undefined : `Use ${field}: ${flow(written)}${notes[key] ?? ""}`;
  const help = isEmpty(value) ? "Remove it: it is empty." : fix;
  yield { pointer, message, ...(help !== undefined && { help }) };
}

function isEmpty(value: Json): boolean {
  return typeof value === "object" && Object.keys(value ?? {}).length === 0;
}

const notes: Readonly<Record<string, string>> = {
  commonLabels: " (equivalent; without includeSelectors, selectors do not change)",
};
