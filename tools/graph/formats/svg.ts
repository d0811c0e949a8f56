import { amount } from "../../core/amount.ts";
import { UserError } from "../../core/errors.ts";
import { escapeMarkup } from "../../report/markup.ts";
import { visible } from "../../report/style.ts";
import { shortened } from "../../report/words.ts";
import { familyOf } from "../link.ts";
import { type Drawn, drawn } from "../select.ts";
import type { Edge, Node } from "../topology.ts";
import type { Grapher } from "./grapher.ts";
import { type Box, type Layout, layOut, line, longest, type Point } from "./layout.ts";
import { labelOf, leftOut, linesOf } from "./words.ts";

/** A self-contained picture: without scripts, light or dark like the reader's system, with colours and shapes. */
export const svg: Grapher = (topologies) => {
  const parts: string[] = [];
  let [width, top] = [legendWidth, 0];
  for (const target of topologies.map(drawn)) {
    demandFew(target);
    const layout = layOut(target);
    parts.push(`<g transform="translate(0 ${top + heading})">`, ...picture(target, layout), "</g>", title(target, top));
    width = Math.max(width, Math.ceil(layout.width), 32 + heading * 8);
    top += heading + Math.ceil(layout.height);
  }
  const words = topologies.map(({ target, nodes, edges }) => summary(target, nodes.length, edges.length)).join("; ");
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top + heading}" viewBox="0 0 ${width} ${top + heading}" role="img" aria-labelledby="title desc">`,
    `<title id="title">Links between resources</title>`,
    `<desc id="desc">${escapeMarkup(words)}</desc>`,
    `<style>${css}</style>`,
    `<defs>${["traffic", "needs", "control", "broken"].map(head).join("")}</defs>`,
    `<rect class="page" width="100%" height="100%"/>`,
    ...parts,
    ...legend(top + heading / 2),
    "</svg>",
  ].join("\n")}\n`;
};

const heading = 28;

/** The layout of this many takes ten seconds, and that of twice as many five times as long. */
const most = 2000;

/** @throws UserError if the picture would take long, and be unreadable */
function demandFew({ target, nodes, edges }: Drawn): void {
  if (nodes.length + edges.length <= most) return;
  const size = `${visible(target)} has ${amount(nodes.length, "node")} and ${amount(edges.length, "link")}`;
  throw new UserError(
    `${size}, too many for a picture: draw a part of it with --around NAME or --only traffic, or get all of it with -o json`,
  );
}

function summary(target: string, nodes: number, edges: number): string {
  return `${target}: ${amount(nodes, "node")}, ${amount(edges, "link")}`;
}

const css = `
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; }
.page { fill: #ffffff; } .node { fill: #f6f8fa; stroke: #59636e; } .group { fill: none; stroke: #afb8c1; }
.kind, .more, .label, .namespace { fill: #59636e; } .name, .target { font-weight: bold; }
path { fill: none; stroke: #59636e; } marker path { fill: #59636e; stroke: none; }
path.traffic { stroke: #0969da; stroke-width: 2.5; } #traffic path { fill: #0969da; }
path.needs { stroke-dasharray: 2 4; stroke-width: 1.5; }
path.broken { stroke: #b3261e; stroke-width: 2.5; stroke-dasharray: 8 4; } #broken path { fill: #b3261e; }
.Service { stroke: #0969da; } .workload { stroke: #1a6b2f; stroke-width: 2; }
.elsewhere { stroke-dasharray: 4; } .missing { stroke: #b3261e; stroke-width: 2; stroke-dasharray: 4; }
.label { paint-order: stroke; stroke: #ffffff; stroke-width: 4; font-size: 11px; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .page { fill: #0d1117; } .node { fill: #161b22; stroke: #9198a1; } .group { stroke: #3d444d; }
.kind, .more, .label, .namespace { fill: #9198a1; } path { stroke: #9198a1; } marker path { fill: #9198a1; }
path.traffic { stroke: #4493f8; } #traffic path { fill: #4493f8; } path.broken { stroke: #ff8a80; } #broken path { fill: #ff8a80; }
.Service { stroke: #4493f8; } .workload { stroke: #7ee2a0; } .missing { stroke: #ff8a80; } .label { stroke: #0d1117; }
}
`;

function head(name: string): string {
  return `<marker id="${name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`;
}

function title(target: Drawn, top: number): string {
  const left = leftOut(target);
  const more = left === "" ? "" : `<tspan class="more" dx="12">${left}</tspan>`;
  return `<text x="16" y="${top + 22}"><tspan class="target">${shown(target.target)}</tspan>${more}</text>`;
}

function picture(target: Drawn, { nodes, groups, edges }: Layout): string[] {
  return [
    ...[...groups].map(([namespace, box]) => group(namespace, box)),
    ...target.edges.map((edge, index) => path(edge, edges[index]?.points ?? [])),
    ...target.nodes.flatMap((node) => {
      const box = nodes.get(node.id);
      return box === undefined ? [] : boxOf(node, box);
    }),
    ...target.edges.map((edge, index) => label(edge, edges[index]?.label ?? { x: 0, y: 0 })),
  ];
}

function group(namespace: string, { x, y, width, height }: Box): string {
  const [left, top] = [round(x - width / 2), round(y - height / 2)];
  return `<rect class="group" x="${left}" y="${top - 6}" width="${round(width)}" height="${round(height) + 12}" rx="8"/><text class="namespace" x="${left + 8}" y="${top - 10}">${shown(namespace)}</text>`;
}

function path(edge: Edge, points: readonly Point[]): string {
  const way = edge.problem === undefined ? familyOf(edge.relation) : "broken";
  return `<path class="${way}" marker-end="url(#${way})" d="${smooth(points)}"><title>${escapeMarkup(sentenceOf(edge))}</title></path>`;
}

function sentenceOf({ from, to, relation, details, problem }: Edge): string {
  const words = `${from} ${relation.replace("-", " ")} ${to} ${details.join(", ")}`.trim();
  return problem === undefined ? words : `${words}: ${problem}`;
}

/** A path with straight ends and round turns: a curve through the middles of its segments. */
function smooth([first, ...rest]: readonly Point[]): string {
  if (first === undefined) return "";
  const middle = (one: Point, other: Point): Point => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
  const turns = rest.slice(0, -1).map((point, index) => `Q${at(point)} ${at(middle(point, rest[index + 1] ?? point))}`);
  const last = rest.at(-1);
  return [
    `M${at(first)}`,
    ...(rest[0] && last !== rest[0] ? [`L${at(middle(first, rest[0]))}`] : []),
    ...turns,
    last && `L${at(last)}`,
  ]
    .filter(Boolean)
    .join("");
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function boxOf(node: Node, { x, y, width, height }: Box): string[] {
  const lines = linesOf(node);
  const top = y - (lines.length * line.height) / 2 + 12;
  const styles = ["kind", "name", "more"].slice(node.kind === "" ? 1 : 0);
  const texts = lines.map((text, index) => {
    const style = styles[Math.min(index, styles.length - 1)];
    return `<text class="${style}" text-anchor="middle" x="${round(x)}" y="${round(top + index * line.height)}">${shown(text)}</text>`;
  });
  const corner = node.kind === "Service" || node.state === "outside" ? 20 : 6;
  const rect = `<rect class="${classOf(node)}" x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${round(height)}" rx="${round(corner)}"/>`;
  return [`<g><title>${escapeMarkup(node.id)}</title>${rect}${texts.join("")}</g>`];
}

function classOf({ kind, state, details }: Node): string {
  const sort =
    kind === "Service" ? "Service" : details.some((one) => / replicas?$|^one per node$/.test(one)) ? "workload" : "";
  return ["node", sort, state === "rendered" || state === "outside" ? "" : state].filter(Boolean).join(" ");
}

function label(edge: Edge, { x, y }: Point): string {
  return `<text class="label" text-anchor="middle" x="${round(x)}" y="${round(y + 4)}">${shown(labelOf(edge))}</text>`;
}

const kinds = ["traffic", "needs", "control", "broken"] as const;
const legendWidth = 16 + kinds.length * 110;

function legend(y: number): string[] {
  return kinds.map((name, index) => {
    const x = 16 + index * 110;
    return `<path class="${name}" marker-end="url(#${name})" d="M${x} ${y}L${x + 36} ${y}"/><text class="more" x="${x + 42}" y="${y + 4}">${name}</text>`;
  });
}

function shown(text: string): string {
  return escapeMarkup(shortened(text, longest));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
