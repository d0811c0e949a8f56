import { loadConfig } from "../config/config.ts";
import { readCrds } from "../config/crds.ts";
import { definitionsIn, groupOf } from "../core/resource.ts";
import { diffReporters } from "../diff/formats/index.ts";
import { drift } from "../drift/drift.ts";
import { Sources } from "../gate/sources.ts";
import { loadSchemas } from "../validate/index.ts";
import { connect, overlayFlags } from "./cluster/connect.ts";
import { liveStates, managers, readLive } from "./cluster/live-state.ts";
import { overlayOf, renderedOf } from "./cluster/overlay.ts";
import type { Command } from "./command.ts";
import { shownWith } from "./diff.ts";
import { contractsOf } from "./load-rules.ts";
import { outputFlag, outputs, write } from "./output.ts";

export const command: Command = {
  usage: "[TARGET]",
  description:
    "Show how a cluster differs from Git: compare each object of a target as kubectl diff --server-side does, with the effect of\n" +
    "syncing it and who changed it. Nothing is modified. Exit status: 0 no difference, 1 differences, 2 could not run.",
  flags: {
    output: outputFlag(diffReporters),
    as: {
      type: "string",
      value: "NAME",
      help: "compare the target as this Application or Kustomization applies it, with its patches, variables, …",
    },
    "field-manager": {
      type: "string",
      value: "NAME",
      help: `field manager that applies it: ${managers.join(" (Argo CD), ")} (Flux); default: detected in the cluster`,
    },
    ...overlayFlags,
  },
  maxPositionals: 1,
  async run(args, io) {
    const written = outputs(args.strings("output"), diffReporters, "pretty");
    const cwd = process.cwd();
    const config = loadConfig(cwd, args.string("config"));
    const target = overlayOf(args.positionals[0], args, config);
    const { kubectl, namespace, version } = await connect(args, io, config);
    const rendered = await renderedOf(target, args, io, config, args.string("as"));
    const live = await readLive(kubectl, rendered, namespace);
    const manager = args.string("field-manager") ?? live.manager;
    const states = await liveStates(kubectl, rendered, live, manager);
    const crds = [...readCrds(config.schemas ?? [], config.home), ...definitionsIn(rendered)];
    const groups = new Set(rendered.map(({ apiVersion }) => groupOf(apiVersion)));
    const sources = new Sources(cwd, undefined);
    const { report, objects } = drift({
      cluster: `live in ${kubectl.context}`,
      target: target.path,
      states,
      manager,
      context: { cluster: config.cluster ?? [], contracts: contractsOf(config), versions: [version] },
      schemas: await loadSchemas(crds, groups, config.installed),
      locate: (items) => sources.trace(target, items),
    });
    await write(
      written,
      async (format, isShown) => (await diffReporters[format]())(report, shownWith(objects, isShown, io)),
      io,
    );
    return report.changes.length > 0 ? 1 : 0;
  },
};
