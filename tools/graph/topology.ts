import { groupBy } from "../core/group.ts";
import { resourceId } from "../core/resource.ts";
import type { TargetContext } from "../policy/define.ts";
import { detailsOf } from "./details.ts";
import { type End, isResource, type Link, type Relation, type State } from "./link.ts";
import { linksIn } from "./relations/index.ts";

/** A resource of the target, or something that one of them links to. */
export interface Node {
  /**
   * The id of the resource in reports; for resources that the target does not render, `Secret/guestbook/token`, without the
   * unknown version; `clients` for clients outside the cluster.
   */
  readonly id: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly state: State;
  /** What distinguishes it from others of its kind at a glance: replicas and images, ports, hosts, a size. */
  readonly details: readonly string[];
}

/** A link from one node to another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly relation: Relation;
  /** Ports, keys, names; each once. */
  readonly details: readonly string[];
  /** Why it does not work. */
  readonly problem?: string;
}

/** What a target renders, and the links between its resources. */
export interface Topology {
  readonly target: string;
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** The ids of the resources that the user asked for: they are drawn even without links. */
  readonly asked?: readonly string[];
}

/** The topology of a target, sorted by id, so that the order of its resources does not matter. */
export function topologyOf(context: TargetContext, more: readonly Link[] = []): Topology {
  const links = [...linksIn(context), ...more];
  const ends: End[] = [...context.resources, ...links.flatMap(({ from, to }) => [from, to])];
  const nodes = new Map(ends.map((end): [string, Node] => [idOf(end), nodeOf(end)]));
  const edges = groupBy(links, ({ from, to, relation }) => JSON.stringify([idOf(from), relation, idOf(to)]));
  return {
    target: context.target.path,
    nodes: [...nodes.keys()].sort().flatMap((id) => nodes.get(id) ?? []),
    edges: [...edges.keys()].sort().flatMap((key) => edgeOf(edges.get(key) ?? [])),
  };
}

function idOf(end: End): string {
  if (isResource(end)) return resourceId(end);
  return [end.kind, end.namespace, end.name].filter(Boolean).join("/");
}

function nodeOf(end: End): Node {
  const { namespace, name } = end;
  const [kind = ""] = end.kind.split(".");
  const place = namespace ? { namespace } : {};
  const rest = isResource(end)
    ? { state: "rendered" as const, details: detailsOf(end) }
    : { state: end.state, details: [] };
  return { id: idOf(end), kind, ...place, name, ...rest };
}

/** Merges the links between two ends: a workload may read one Secret in ten variables. */
function edgeOf(alike: readonly Link[]): Edge[] {
  const [first] = alike;
  if (first === undefined) return [];
  const { from, to, relation } = first;
  const details = [...new Set(alike.flatMap(({ detail }) => detail || []))].sort();
  const problem = alike.find((one) => one.problem !== undefined)?.problem;
  return [{ from: idOf(from), to: idOf(to), relation, details, ...(problem !== undefined && { problem }) }];
}
