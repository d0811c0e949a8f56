import { groupBy } from "../../core/group.ts";
import type { Drawn } from "../select.ts";
import type { Edge, Node } from "../topology.ts";

/** What stands in the box of a node: its kind, its name, its details. */
export function linesOf({ kind, name, state, details }: Node): string[] {
  const what = [kind, state === "missing" ? "missing" : state === "elsewhere" ? "elsewhere" : ""];
  return [what.filter(Boolean).join(", "), name, ...details].filter((line) => line !== "");
}

/** What stands at an edge. */
export function labelOf({ relation, details, problem }: Edge): string {
  const shown = details.length > most ? [...details.slice(0, most), "…"] : details;
  const words = [relation.replace("-", " "), shown.join(", ")].filter(Boolean).join(" ");
  return problem === undefined ? words : `✗ ${words}`;
}

/** Keys of a ConfigMap may be dozens. */
const most = 3;

/** Nodes by their namespaces; those of none, and of the world, by themselves. */
export function byNamespace({ nodes }: Pick<Drawn, "nodes">): Map<string, Node[]> {
  return groupBy(nodes, ({ namespace }) => namespace ?? "");
}

/** What of a target is not in its picture; nothing where all is. */
export function leftOut({ left }: Drawn): string {
  if (left === 0) return "";
  return left === 1
    ? "1 resource that leads nowhere is not shown"
    : `${left} resources that lead nowhere are not shown`;
}
