import type { Topology } from "../topology.ts";

/** Lays topologies out. */
export type Grapher = (topologies: readonly Topology[]) => string;
