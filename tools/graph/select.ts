import { UserError } from "../core/errors.ts";
import { groupByEach } from "../core/group.ts";
import { nearest } from "../core/nearest.ts";
import { podKinds } from "../core/pod.ts";
import { type Family, familyOf } from "./link.ts";
import type { Node, Topology } from "./topology.ts";

/** The part of a topology that a picture shows. */
export interface Drawn extends Topology {
  /** How many resources it leaves out because they have no links. A Namespace is shown as a frame around its resources. */
  readonly left: number;
}

const always = new Set([...podKinds, "Service"]);

/** Leaves out resources without links, except workloads, Services and what was asked for. */
export function drawn(topology: Topology): Drawn {
  const { nodes, edges, asked = [] } = topology;
  const linked = new Set([...asked, ...edges.flatMap(({ from, to }) => [from, to])]);
  const isShown = ({ id, kind }: Node) => linked.has(id) || always.has(kind);
  const shown = nodes.filter(isShown);
  const framed = new Set(shown.map(({ namespace }) => namespace));
  const left = nodes.filter((node) => !isShown(node) && !(node.kind === "Namespace" && framed.has(node.name)));
  return { ...topology, nodes: shown, left: left.length };
}

/** A topology with only the edges of some families. */
export function ofFamilies(topology: Topology, families: readonly Family[]): Topology {
  const edges = topology.edges.filter(({ relation }) => families.includes(familyOf(relation)));
  const linked = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const nodes = topology.nodes.filter(({ id, state, kind }) => linked.has(id) || isOwn(state, kind));
  return { ...topology, nodes, edges };
}

function isOwn(state: Node["state"], kind: string): boolean {
  return state === "rendered" && always.has(kind);
}

/**
 * The resources with a name, all that they link to, and all that links to them, however far: what a Secret is needed for, what
 * a request to an Ingress passes. Without changes of direction: other Services of the same clients are not included.
 *
 * @param name `redis-master`, `Service/redis-master`, or a whole id
 * @returns undefined if the target has nothing with this name
 */
export function around(topology: Topology, name: string): Topology | undefined {
  const start = topology.nodes.filter((node) => isCalled(node, name)).map(({ id }) => id);
  if (start.length === 0) return undefined;
  const [down, up] = [groupByEach(topology.edges, ({ from }) => [from]), groupByEach(topology.edges, ({ to }) => [to])];
  const kept = new Set([
    ...reached(start, (id) => (down.get(id) ?? []).map(({ to }) => to)),
    ...reached(start, (id) => (up.get(id) ?? []).map(({ from }) => from)),
  ]);
  return {
    ...topology,
    asked: start,
    nodes: topology.nodes.filter(({ id }) => kept.has(id)),
    edges: topology.edges.filter(({ from, to }) => kept.has(from) && kept.has(to)),
  };
}

function isCalled({ id, kind, name }: Node, wanted: string): boolean {
  return wanted === id || wanted === name || wanted.toLowerCase() === `${kind}/${name}`.toLowerCase();
}

function reached(start: readonly string[], next: (id: string) => string[]): Set<string> {
  const seen = new Set(start);
  for (const id of seen) for (const one of next(id)) seen.add(one);
  return seen;
}

/** The error for a name that no target has. */
export function unknownName(name: string, topologies: readonly Topology[]): UserError {
  const names = new Set(topologies.flatMap(({ nodes }) => nodes.flatMap((node) => [node.name, shortName(node)])));
  const near = nearest(name, names);
  return new UserError(`no resource is named ${name}${near ? `, did you mean ${near}?` : ""}`);
}

function shortName({ kind, name }: Node): string {
  return kind === "" ? name : `${kind}/${name}`;
}
