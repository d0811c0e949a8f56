import type { Command } from "./command.ts";

interface Entry {
  readonly summary: string;
  /** Commands are loaded when they run, so that they do not slow down each other's start. */
  readonly load: () => Promise<{ command: Command }>;
}

/** All subcommands by name, in the order of the help text. */
export const commands: Readonly<Record<string, Entry>> = {
  check: { summary: "check every target: render it, validate it, apply policies", load: () => import("./check.ts") },
  render: { summary: "print or write the canonical YAML of each target", load: () => import("./render.ts") },
  diff: {
    summary: "show what changes between two Git revisions, and the effect",
    load: () => import("./diff.ts"),
  },
  drift: { summary: "show how a cluster differs from Git", load: () => import("./drift.ts") },
  generate: { summary: "write base/ from the typed models", load: () => import("./generate.ts") },
  explain: { summary: "explain a rule or a field of a Kubernetes kind", load: () => import("./explain.ts") },
  graph: { summary: "draw how objects are connected: Mermaid, SVG or JSON", load: () => import("./graph.ts") },
  policies: { summary: "list the rules, or test policies", load: () => import("./policies.ts") },
  report: { summary: "merge the reports of shards", load: () => import("./report.ts") },
  cache: { summary: "show or clear the cache of unchanged targets", load: () => import("./cache.ts") },
  doctor: { summary: "show what is installed, what is missing, and how to get it", load: () => import("./doctor.ts") },
  up: { summary: "run an overlay on the cluster of the current context", load: () => import("./up.ts") },
  status: { summary: "show the state of an overlay in the cluster", load: () => import("./status.ts") },
  logs: { summary: "print the logs of an overlay's pods", load: () => import("./logs.ts") },
  down: { summary: "remove an overlay, but keep its data", load: () => import("./down.ts") },
};
