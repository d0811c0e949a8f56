import { isObject, type Json, type JsonObject, stringAt } from "../../core/json.ts";
import type { KustomizationFile } from "../../core/kustomization.ts";
import { join } from "../../core/pointer.ts";
import { field } from "../../load/kustomization.ts";
import { parseDocuments } from "../../parse/documents.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";

/** Values of a selector field that match everything. */
const anything = ["", ".*", ".+", "^.*$", "^.+$"];

/** `Selector` and `SelectorRegex` in sigs.k8s.io/kustomize/api/types: an omitted field matches everything. */
export const patchMatchesAll = definePolicy({
  id: "gitops/patch-matches-all",
  severity: "error",
  why: "A patch whose target sets nothing applies to every resource; if it deletes, all of them are gone, and the controller prunes what is no longer rendered. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/",
  fix: "Set kind and name in the target, or leave the target out: a strategic merge patch names its resource itself.",
  *checkKustomization(kustomization): Generator<Violation> {
    for (const { key, value } of field(kustomization.object, "patches")) {
      for (const [index, patch] of (Array.isArray(value) ? value : []).entries()) {
        if (!isObject(patch) || !isObject(patch.target) || !matchesAll(patch.target)) continue;
        if (!deletes(patch, kustomization)) continue;
        const pointer = `${join("", key)}/${index}/target`;
        yield { pointer, message: "this patch deletes, and its target matches every resource" };
      }
    }
  },
});

function matchesAll(target: JsonObject): boolean {
  return Object.values(target).every(
    (value) => value === null || (typeof value === "string" && anything.includes(value)),
  );
}

function deletes(patch: JsonObject, kustomization: KustomizationFile): boolean {
  const inline = stringAt(patch, "patch");
  const path = stringAt(patch, "path");
  const documents = inline ? parseDocuments(inline, "").documents.map(({ value }) => value) : [];
  return [...documents, ...(path ? kustomization.documents(path) : [])].some(isDeletion);
}

/** https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md#directives */
function isDeletion(document: Json): boolean {
  return isObject(document) && document.$patch === "delete";
}
