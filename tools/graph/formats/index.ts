import { printed } from "../../report/json.ts";
import type { Grapher } from "./grapher.ts";

/** For programs: all nodes and edges as they are. Its JSON Schema is `../graph.schema.json`. */
const json: Grapher = (topologies) =>
  printed({ schemaVersion: 1, targets: topologies.map(({ asked: _, ...target }) => target) });

/** The output formats by name; each is loaded when it is needed. */
export const graphers = {
  mermaid: async () => (await import("./mermaid.ts")).mermaid,
  svg: async () => (await import("./svg.ts")).svg,
  json: async () => json,
} satisfies Record<string, () => Promise<Grapher>>;
