import { dirname, resolve } from "node:path";
import { isObject, type Json, stringAt } from "../core/json.ts";
import { once } from "../core/once.ts";
import type { Closure } from "../load/closure.ts";
import { field, type Kustomization, objectOf, referencesOf } from "../load/kustomization.ts";
import { readText } from "../parse/file.ts";
import { readStart, tryKindOf } from "../system/disk.ts";

/**
 * Whether kustomize 4.5.4 parses the whole OpenAPI document of Kubernetes for a target, which takes more than a second
 * while the build itself takes 20 ms. It does so before it merges the first patch, and to find out whether an unknown
 * kind is namespaced. kustomize 5 does not. See `initSchema` in sigs.k8s.io/kustomize/kyaml/openapi.
 */
export function parsesOpenApi({ kustomizations }: Closure): boolean {
  return kustomizations.some((one) => mergesPatches(one) || hasUnknownKinds(one));
}

/** Remembered, as many targets share a base. */
const mergesPatches = once((kustomization: Kustomization): boolean => {
  const values = (name: string) => field(objectOf(kustomization), name).flatMap(({ value }) => listOf(value));
  return values("patchesstrategicmerge").length > 0 || values("patches").some((one) => isMerge(one, kustomization));
});

function listOf(value: Json): Json[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Whether an entry of `patches` is a strategic merge patch, by its text or file. kustomize 4 also accepts a plain path.
 */
function isMerge(entry: Json, { file }: Kustomization): boolean {
  const inline = isObject(entry) ? stringAt(entry, "patch") : undefined;
  if (inline !== undefined && inline !== "") return !isList(inline);
  const path = isObject(entry) ? stringAt(entry, "path") : entry;
  const place = typeof path === "string" ? resolve(dirname(file), path) : undefined;
  return place !== undefined && tryKindOf(place) === "file" && !isList(readStart(place, enough));
}

/** How many characters of a patch, including leading comments, are enough to tell its type. */
const enough = 4096;

/** A JSON6902 patch is a list of operations. */
function isList(text: string): boolean {
  return /^(?:\s|#[^\n]*\n|---)*(?:\[|-\s)/.test(text);
}

/** The API versions that kustomize 4.5.4 knows without the document: those of Kubernetes 1.21. */
const known = new Set(
  (
    "v1 apps/v1 batch/v1 batch/v1beta1 autoscaling/v1 autoscaling/v2beta1 autoscaling/v2beta2 policy/v1 policy/v1beta1 " +
    "extensions/v1beta1 networking.k8s.io/v1 networking.k8s.io/v1beta1 rbac.authorization.k8s.io/v1 " +
    "rbac.authorization.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1beta1 scheduling.k8s.io/v1 " +
    "apiextensions.k8s.io/v1 apiextensions.k8s.io/v1beta1 admissionregistration.k8s.io/v1 apiregistration.k8s.io/v1 " +
    "coordination.k8s.io/v1 discovery.k8s.io/v1 events.k8s.io/v1 node.k8s.io/v1 certificates.k8s.io/v1"
  ).split(" "),
);

const hasUnknownKinds = once((kustomization: Kustomization): boolean =>
  referencesOf(kustomization)
    .references.filter(({ reach }) => reach === "resource")
    .map(({ path }) => resolve(dirname(kustomization.file), path))
    .some((place) => tryKindOf(place) === "file" && !versionsIn(place).every((version) => known.has(version))),
);

/** The `apiVersion` of every line that starts with it: those of the objects, and some of their references. */
function versionsIn(place: string): string[] {
  const read = readText(place, place);
  if (!("text" in read)) return [];
  return [...read.text.matchAll(/^[ \t{"]*apiVersion["']?[ \t]*:[ \t]*["']?([\w./-]+)/gm)].map(
    ([, version = ""]) => version,
  );
}
