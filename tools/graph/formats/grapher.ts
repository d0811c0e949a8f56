import type { Topology } from "../topology.ts";

/** Turns topologies into one document. */
export type Grapher = (topologies: readonly Topology[]) => string;
