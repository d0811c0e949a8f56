import { child, descend, entries, type Node, text, textAt } from "./node.ts";
import { matchesSelector } from "./regex.ts";
import { type Id, idOf, idsOf, type Shadow } from "./shadow.ts";

/**
 * Whether a patch's `target` selects a resource. Conditions are regular expressions; the original and the current name
 * and namespace both match. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/
 */
export function selects(target: Node | undefined, shadow: Shadow): boolean {
  const now = idOf(shadow.node);
  const first = idsOf(shadow)[0] ?? now;
  return (
    either(textAt(target, "namespace"), first.namespace || "default", now.namespace || "default") &&
    either(textAt(target, "name"), first.name, now.name) &&
    matchesKind(target, now) &&
    matchesLabels(textAt(target, "labelSelector"), labelsOf(shadow, "labels")) &&
    matchesLabels(textAt(target, "annotationSelector"), labelsOf(shadow, "annotations"))
  );
}

function matchesKind(target: Node | undefined, id: Id): boolean {
  return (["group", "version", "kind"] as const).every((part) => either(textAt(target, part), id[part], id[part]));
}

function either(pattern: string, one: string, other: string): boolean {
  return pattern === "" || matchesSelector(pattern, one) || matchesSelector(pattern, other);
}

function labelsOf(shadow: Shadow, field: "labels" | "annotations"): Map<string, string> {
  const labels = descend(shadow.node, "metadata", field);
  return new Map([...entries(labels)].map(([key, entry]) => [key, text(entry.value)]));
}

/**
 * Whether labels match a selector in the syntax of `kubectl -l`: `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function matchesLabels(selector: string, labels: ReadonlyMap<string, string>): boolean {
  if (selector.trim() === "") return true;
  if (selector.length > 10_000) return false;
  return requirements(selector).every((one) => matchesRequirement(one.trim(), labels));
}

/** Splits a selector at the commas outside parentheses. */
function requirements(selector: string): string[] {
  const result = [""];
  let depth = 0;
  for (const char of selector) {
    if (char === "(") depth++;
    if (char === ")") depth--;
    if (char === "," && depth === 0) result.push("");
    else result[result.length - 1] += char;
  }
  return result;
}

function matchesRequirement(requirement: string, labels: ReadonlyMap<string, string>): boolean {
  const [, key = "", not, list = ""] = /^([^\s=!,()]+) +(not)?in *\(([^()]*)\)$/.exec(requirement) ?? [];
  if (key !== "") {
    const value = labels.get(key);
    const listed = value !== undefined && list.split(",").some((one) => one.trim() === value);
    return not ? !listed : listed;
  }
  const [, name = "", operator = "", wanted = ""] = /^([^\s=!]+)\s*(!=|==?)\s*(\S*)$/.exec(requirement) ?? [];
  if (operator === "!=") return labels.get(name) !== wanted;
  if (operator !== "") return labels.get(name) === wanted;
  return requirement.startsWith("!") ? !labels.has(requirement.slice(1).trim()) : labels.has(requirement);
}

/** Whether the source of a replacement selects an id: by equality, and omitted parts match everything. */
export function isSelectedBy(selector: Node | undefined, id: Id): boolean {
  const wanted = (part: keyof Id): string => textAt(selector, part);
  const namespace = wanted("namespace");
  return (
    (["group", "version", "kind", "name"] as const).every((part) => wanted(part) === "" || wanted(part) === id[part]) &&
    (namespace === "" || namespace === (id.namespace || "default"))
  );
}

/** Whether a target of a replacement selects an id: as for a patch, but any id that the resource ever had may match. */
export function selectsId(selector: Node | undefined, id: Id): boolean {
  return (
    either(textAt(selector, "namespace"), id.namespace || "default", id.namespace) &&
    either(textAt(selector, "name"), id.name, id.name) &&
    matchesKind(selector, id)
  );
}

/** Whether the labels and annotations of a resource match a selector's `labelSelector` and `annotationSelector`. */
export function matchesMetadata(selector: Node | undefined, shadow: Shadow): boolean {
  return (
    matchesLabels(text(child(selector, "labelSelector")), labelsOf(shadow, "labels")) &&
    matchesLabels(text(child(selector, "annotationSelector")), labelsOf(shadow, "annotations"))
  );
}
