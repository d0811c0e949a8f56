import type { Command } from "./command.ts";

interface Entry {
  readonly summary: string;
  /** Commands are loaded when they are run, so that none of them slows down the start of another. */
  readonly load: () => Promise<{ command: Command }>;
}

/** Every subcommand by its name, in the order of the help text. */
export const commands: Readonly<Record<string, Entry>> = {
  check: { summary: "judge every target: render, validate, policies", load: () => import("./check.ts") },
  render: { summary: "print or write the canonical YAML of each target", load: () => import("./render.ts") },
  diff: {
    summary: "say what changes between two Git revisions, and with which effect",
    load: () => import("./diff.ts"),
  },
  drift: { summary: "say what a cluster has otherwise than Git", load: () => import("./drift.ts") },
  generate: { summary: "write base/ from the typed models", load: () => import("./generate.ts") },
  explain: { summary: "teach a rule, or a field of a Kubernetes kind", load: () => import("./explain.ts") },
  graph: { summary: "draw what leads where: Mermaid, SVG or JSON", load: () => import("./graph.ts") },
  policies: { summary: "list the rules, or test policies", load: () => import("./policies.ts") },
  report: { summary: "put the reports of shards together", load: () => import("./report.ts") },
  cache: { summary: "say what is remembered of unchanged targets, or forget it", load: () => import("./cache.ts") },
  doctor: { summary: "say what is installed, what is missing, how to get it", load: () => import("./doctor.ts") },
  up: { summary: "run an overlay on the cluster of the current context", load: () => import("./up.ts") },
  status: { summary: "say how an overlay fares in the cluster", load: () => import("./status.ts") },
  logs: { summary: "print what an overlay's pods write", load: () => import("./logs.ts") },
  down: { summary: "take an overlay away again, all but its data", load: () => import("./down.ts") },
};
