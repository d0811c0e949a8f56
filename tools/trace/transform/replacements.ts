import { findField, replaceFields, splitFieldPath } from "../field-path.ts";
import { resolvePath } from "../files.ts";
import type { Layer, Transform } from "../layer.ts";
import { child, type Entry, entries, items, type MapNode, type Node, scalar, text, textAt } from "../node.ts";
import { isSelectedBy, matchesMetadata, selectsId } from "../selector.ts";
import { idsOf, type Shadow } from "../shadow.ts";

/**
 * `replacements`: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/
 *
 * Replaced fields get the position of the source of the value, which a person would edit, not that of the entry that
 * copies it.
 */
export const replacements: Transform = (shadows, field, layer) =>
  items(field.value)
    .flatMap((item) => fromFile(item, layer))
    .reduce((result, replacement) => replace(result, replacement, layer), shadows);

/** An inline replacement, or those of a file: a single one or a list. */
function fromFile(item: Node, layer: Layer): readonly Node[] {
  const path = textAt(item, "path");
  if (path === "") return [item];
  const file = resolvePath(layer.dir, path);
  const document = file === undefined ? undefined : layer.files.documents(file).at(0);
  if (document === undefined) return [];
  return document.kind === "list" ? document.items : [document];
}

function replace(shadows: readonly Shadow[], replacement: Node, layer: Layer): readonly Shadow[] {
  const source = sourceOf(shadows, replacement);
  if (!source) return shadows;
  return items(child(replacement, "targets")).reduce<readonly Shadow[]>(
    (result, target) =>
      result.map((shadow) => (isTarget(target, shadow) ? copy(shadow, source, target, layer) : shadow)),
    shadows,
  );
}

function sourceOf(shadows: readonly Shadow[], replacement: Node): Entry | undefined {
  const value = entries(replacement).get("sourceValue");
  if (value) return value;
  const selector = child(replacement, "source");
  const shadow = shadows.find((one) => idsOf(one).some((id) => isSelectedBy(selector, id)));
  const found = shadow && findField(shadow.node, splitFieldPath(textAt(selector, "fieldPath") || "metadata.name"));
  return found && part(found, child(selector, "options"));
}

/** The source's value or, with a delimiter, one part of it. */
function part(entry: Entry, options: Node | undefined): Entry {
  const delimiter = textAt(options, "delimiter");
  if (delimiter === "") return entry;
  const piece = text(entry.value).split(delimiter)[Number(textAt(options, "index") || 0)];
  return { at: entry.at, value: scalar(piece ?? "", entry.value.at) };
}

function isTarget(target: Node, shadow: Shadow): boolean {
  const select = child(target, "select");
  const ids = idsOf(shadow);
  return (
    select !== undefined &&
    matchesMetadata(select, shadow) &&
    ids.some((id) => selectsId(select, id)) &&
    !items(child(target, "reject")).some((reject) => isRejected(reject, shadow))
  );
}

/** Whether a target is rejected: by the labels and annotations alone, or by the id. */
function isRejected(reject: Node, shadow: Shadow): boolean {
  const byLabels = textAt(reject, "labelSelector") !== "" || textAt(reject, "annotationSelector") !== "";
  if (byLabels && matchesMetadata(reject, shadow)) return true;
  const byId = ["group", "version", "kind", "name", "namespace"].some((part) => textAt(reject, part) !== "");
  return byId && idsOf(shadow).some((id) => selectsId(reject, id));
}

function copy(shadow: Shadow, source: Entry, target: Node, layer: Layer): Shadow {
  const options = child(target, "options");
  const create = textAt(options, "create") === "true" ? source.at : undefined;
  const paths = items(child(target, "fieldPaths")).map(text);
  const node = (paths.length > 0 ? paths : ["metadata.name"]).reduce<Node>((result, path) => {
    const value = (present: Node | undefined): Entry => inserted(present, source, options);
    return replaceFields(result, splitFieldPath(path), value, create, layer.work);
  }, shadow.node);
  return { ...shadow, node: node as MapNode };
}

/** The new value: that of the source or, with a delimiter, the target's with one part replaced. */
function inserted(present: Node | undefined, source: Entry, options: Node | undefined): Entry {
  const delimiter = textAt(options, "delimiter");
  if (delimiter === "" || present?.kind !== "scalar") return source;
  const parts = text(present).split(delimiter);
  const index = Number(textAt(options, "index") || 0);
  if (index < 0) parts.unshift(text(source.value));
  else if (index >= parts.length) parts.push(text(source.value));
  else parts[index] = text(source.value);
  return { at: source.at, value: scalar(parts.join(delimiter), source.value.at) };
}
