import { groupBy } from "../../core/group.ts";
import type { Drawn } from "../select.ts";
import type { Edge, Node } from "../topology.ts";

/** The lines in the box of a node: its kind, its name, its details. */
export function linesOf({ kind, name, state, details }: Node): string[] {
  const what = [kind, state === "missing" ? "missing" : state === "elsewhere" ? "elsewhere" : ""];
  return [what.filter(Boolean).join(", "), name, ...details].filter((line) => line !== "");
}

/** The label of an edge. */
export function labelOf({ relation, details, problem }: Edge): string {
  const shown = details.length > most ? [...details.slice(0, most), "…"] : details;
  const words = [relation.replace("-", " "), shown.join(", ")].filter(Boolean).join(" ");
  return problem === undefined ? words : `✗ ${words}`;
}

/** A ConfigMap may have dozens of keys. */
const most = 3;

/** Nodes by namespace; `""` for those without one. */
export function byNamespace({ nodes }: Pick<Drawn, "nodes">): Map<string, Node[]> {
  return groupBy(nodes, ({ namespace }) => namespace ?? "");
}

/** How many resources of a target are not in its picture, as a sentence; empty if all are. */
export function leftOut({ left }: Drawn): string {
  if (left === 0) return "";
  return left === 1 ? "1 resource without links is not shown" : `${left} resources without links are not shown`;
}
