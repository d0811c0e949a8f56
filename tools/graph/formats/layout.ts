import dagre from "@dagrejs/dagre";
import type { Drawn } from "../select.ts";
import { byNamespace, labelOf, linesOf } from "./words.ts";

/** The centre and the size of something, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A picture of a topology, as numbers. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** By node id. */
  readonly nodes: ReadonlyMap<string, Box>;
  /** By namespace. */
  readonly groups: ReadonlyMap<string, Box>;
  /** In the order of the edges of the topology. */
  readonly edges: readonly { readonly points: readonly Point[]; readonly label: Point }[];
}

/** The height of a line and the width of a letter, in pixels; the font is monospaced. */
export const line = { height: 16, letter: 7 };
const padding = 10;
/** The longest text that is shown in full. */
export const longest = 44;

/** The width of a text in pixels. Letters of East Asian scripts are twice as wide. */
function widthOf(text: string): number {
  const wide = text.match(/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/g);
  return (Math.min(text.length, longest) + (wide?.length ?? 0)) * line.letter;
}

/**
 * Lays a topology out from left to right, namespace by namespace, with few crossings.
 * https://github.com/dagrejs/dagre/wiki
 */
export function layOut(topology: Drawn): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: true, compound: true });
  graph.setGraph({ rankdir: "LR", nodesep: 22, ranksep: 46, edgesep: 12, marginx: 16, marginy: 28 });
  for (const node of topology.nodes) {
    const lines = linesOf(node);
    const width = Math.max(0, ...lines.map(widthOf)) + 2 * padding;
    graph.setNode(`n ${node.id}`, { width, height: lines.length * line.height + 2 * padding });
  }
  const groups = [...byNamespace(topology)].filter(([namespace]) => namespace !== "");
  for (const [namespace, members] of groups) {
    graph.setNode(`g ${namespace}`, {});
    for (const { id } of members) graph.setParent(`n ${id}`, `g ${namespace}`);
  }
  for (const [index, edge] of topology.edges.entries()) {
    const size = { width: widthOf(labelOf(edge)) + padding, height: line.height, labelpos: "c" };
    graph.setEdge(`n ${edge.from}`, `n ${edge.to}`, size, String(index));
  }
  dagre.layout(graph);
  const boxOf = (name: string): Box => {
    const { x = 0, y = 0, width = 0, height = 0 }: Partial<Box> = graph.node(name) ?? {};
    return { x, y, width, height };
  };
  const { width = 0, height = 0 } = graph.graph();
  const edges = topology.edges.map(({ from, to }, index) => {
    const { points = [], x = 0, y = 0 } = graph.edge(`n ${from}`, `n ${to}`, String(index));
    return { points, label: { x, y } };
  });
  return {
    width,
    height,
    nodes: new Map(topology.nodes.map(({ id }) => [id, boxOf(`n ${id}`)])),
    groups: new Map(groups.map(([namespace]) => [namespace, boxOf(`g ${namespace}`)])),
    edges,
  };
}
