import type { Layer } from "./layer.ts";
import { child, type Node, textAt } from "./node.ts";
import { idsOf, type Shadow } from "./shadow.ts";
import type { Observed } from "./watched.ts";

/**
 * The name that the target of a patch should have if it is written with the prefix and the suffix that the same kustomization
 * adds later.
 */
export function withoutAffixesOf(
  { field, item }: Observed,
  shadows: readonly Shadow[],
  { root }: Layer,
): string | undefined {
  const target = field === "patches" ? child(item, "target") : undefined;
  const [name, prefix, suffix] = [textAt(target, "name"), textAt(root, "namePrefix"), textAt(root, "nameSuffix")];
  if (prefix + suffix === "" || !name.startsWith(prefix) || !name.endsWith(suffix)) return undefined;
  const own = name.slice(prefix.length, name.length - suffix.length);
  return shadows.some((shadow) => isNamed(shadow, own, target)) ? own : undefined;
}

function isNamed(shadow: Shadow, own: string, target: Node | undefined): boolean {
  const kind = textAt(target, "kind");
  return idsOf(shadow).some((id) => id.name === own && (kind === "" || kind === id.kind));
}
