import { visible } from "../../report/style.ts";
import { type Family, familyOf } from "../link.ts";
import { type Drawn, drawn } from "../select.ts";
import type { Edge, Node, Topology } from "../topology.ts";
import type { Grapher } from "./grapher.ts";
import { byNamespace, labelOf, leftOut, linesOf } from "./words.ts";

/** A flowchart, which GitHub and GitLab draw in Markdown. https://mermaid.js.org/syntax/flowchart.html */
export const mermaid: Grapher = (topologies) => {
  const ids = new Ids();
  const targets = topologies.map(drawn);
  const edges = targets.flatMap((target) => target.edges.map((edge) => ({ edge, target })));
  const lines = [
    "flowchart LR",
    ...targets.flatMap((target) =>
      targets.length === 1 ? nodesOf(target, ids) : subgraph(ids, target.target, nodesOf(target, ids)),
    ),
    ...edges.map(({ edge, target }) => arrow(edge, target, ids)),
    ...broken(edges.map(({ edge }) => edge)),
    ...classes(targets, ids),
    ...targets.flatMap((target) => (leftOut(target) ? `%% ${escapeMermaid(target.target)}: ${leftOut(target)}` : [])),
  ];
  return `${lines.join("\n")}\n`;
};

/** Mermaid does not accept the names of resources as ids: each node gets a number. */
class Ids {
  readonly #known = new Map<string, string>();
  #groups = 0;

  of(target: Topology, id: string): string {
    const key = JSON.stringify([target.target, id]);
    const known = this.#known.get(key) ?? `n${this.#known.size}`;
    this.#known.set(key, known);
    return known;
  }

  group(): string {
    return `g${this.#groups++}`;
  }
}

function nodesOf(target: Drawn, ids: Ids): string[] {
  return [...byNamespace(target)].flatMap(([namespace, nodes]) => {
    const boxes = nodes.map((node) => `  ${ids.of(target, node.id)}${box(node)}`);
    return namespace === "" ? boxes : subgraph(ids, namespace, boxes);
  });
}

function subgraph(ids: Ids, title: string, lines: readonly string[]): string[] {
  return [`  subgraph ${ids.group()}["${escapeMermaid(title)}"]`, ...lines.map((line) => `  ${line}`), "  end"];
}

const stores = new Set(["ConfigMap", "Secret", "PersistentVolumeClaim"]);

function box(node: Node): string {
  const text = `"${linesOf(node).map(escapeMermaid).join("<br>")}"`;
  if (node.kind === "") return `((${text}))`;
  if (stores.has(node.kind)) return `[(${text})]`;
  return node.kind === "Service" ? `([${text}])` : `[${text}]`;
}

const arrows: Readonly<Record<Family, string>> = { traffic: "==>", needs: "-.->", control: "-->" };

function arrow(edge: Edge, target: Drawn, ids: Ids): string {
  const [from, to] = [ids.of(target, edge.from), ids.of(target, edge.to)];
  return `  ${from} ${arrows[familyOf(edge.relation)]}|"${escapeMermaid(labelOf(edge))}"| ${to}`;
}

/** Edges are styled by their number, in order. */
function broken(edges: readonly Edge[]): string[] {
  const numbers = edges.flatMap(({ problem }, index) => (problem === undefined ? [] : index));
  return numbers.length > 0 ? [`  linkStyle ${numbers.join(",")} stroke:#b3261e,color:#b3261e`] : [];
}

const styles = { missing: "stroke:#b3261e,stroke-width:2px,stroke-dasharray:4", elsewhere: "stroke-dasharray:4" };

function classes(targets: readonly Drawn[], ids: Ids): string[] {
  return Object.entries(styles).flatMap(([state, style]) => {
    const names = targets.flatMap((target) =>
      target.nodes.filter((node) => node.state === state).map(({ id }) => ids.of(target, id)),
    );
    return names.length > 0 ? [`  classDef ${state} ${style}`, `  class ${names.join(",")} ${state}`] : [];
  });
}

/** Characters with a meaning in Mermaid or HTML are written by number: `#34;`. */
function escapeMermaid(text: string): string {
  return visible(text).replace(/[^\p{L}\p{N} ._:/,→…✗-]/gu, (character) => `#${character.codePointAt(0)};`);
}
