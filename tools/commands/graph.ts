import type { LoadedConfig } from "../config/config.ts";
import type { Contract } from "../core/contract.ts";
import { UserError } from "../core/errors.ts";
import { repositoryContext, urlsOf } from "../gate/repository/context.ts";
import { factsOf } from "../gate/target/facts.ts";
import { graphers } from "../graph/formats/index.ts";
import { type Family, families } from "../graph/link.ts";
import { syncs } from "../graph/relations/sync.ts";
import { around, ofFamilies, unknownName } from "../graph/select.ts";
import { type Topology, topologyOf } from "../graph/topology.ts";
import type { TargetContext } from "../policy/define.ts";
import type { RenderedTarget } from "../render/rendering.ts";
import type { Args, Command } from "./command.ts";
import { contractsOf } from "./load-rules.ts";
import { outputFlag, outputs, write } from "./output.ts";
import { renderingFlags, renderTargets } from "./rendering.ts";

export const command: Command = {
  usage: "[TARGET…]",
  description:
    "Draw how the objects of each target are connected: how requests from outside reach the pods, what pods need to start,\n" +
    "what acts on them, and what Argo CD or Flux applies. Missing objects are drawn as missing.",
  flags: {
    output: outputFlag(graphers),
    around: {
      type: "string",
      value: "NAME",
      help: "only the objects that lead to NAME, KIND/NAME or an id, or that it leads to",
    },
    only: {
      type: "string",
      value: "FAMILY",
      multiple: true,
      help: `only these links: ${Object.keys(families).join(", ")}`,
    },
    ...renderingFlags,
  },
  async run(args, io) {
    const wanted = outputs(args.strings("output"), graphers, "mermaid");
    const only = familiesIn(args);
    const { config, rendered, isPartial } = await renderTargets(args, io);
    // Resources that cannot be read may be missing as destinations, but the rest is still worth drawing.
    const readable = rendered.filter(({ failed, resources }) => !failed || resources.length > 0);
    const contracts = contractsOf(config);
    const all = await Promise.all(readable.map((one) => topologyIn(one, config, contracts)));
    const shown = choose(all, args.string("around"), only);
    await write(wanted, async (format) => (await graphers[format]())(shown), io);
    if (wanted.some(({ format }) => format === "mermaid") && linksOf(shown) > mermaidLinks)
      io.err(tooMany(linksOf(shown)));
    return isPartial ? 1 : 0;
  },
};

/** `maxEdges` of Mermaid, which a diagram cannot raise itself. https://mermaid.js.org/config/schema-docs/config.html#maxedges */
const mermaidLinks = 500;

function linksOf(shown: readonly Topology[]): number {
  return shown.reduce((sum, { edges }) => sum + edges.length, 0);
}

function tooMany(count: number): string {
  return `gitops: Mermaid draws at most ${mermaidLinks} links by default, but this graph has ${count}: limit it with --around NAME or --only traffic\n`;
}

function familiesIn(args: Args): readonly Family[] {
  const known = Object.keys(families) as Family[];
  const named = args.strings("only");
  const wrong = named.find((name) => !known.some((one) => one === name));
  if (wrong !== undefined) throw new UserError(`--only must be one of ${known.join(", ")}, not "${wrong}"`);
  return named as Family[];
}

async function topologyIn(
  one: RenderedTarget,
  config: LoadedConfig,
  contracts: readonly Contract[],
): Promise<Topology> {
  const { target, resources, isPartial } = one;
  const place = { root: config.root, cwd: process.cwd() };
  const partial = isPartial && { isPartial };
  const context: TargetContext = { target, resources, cluster: config.cluster ?? [], contracts, ...partial };
  const repository = await repositoryContext([factsOf(one, place)], { ...place, urls: urlsOf(config), whole: false });
  return topologyOf(context, [...syncs(repository, context)]);
}

function choose(all: readonly Topology[], name: string | undefined, only: readonly Family[]): readonly Topology[] {
  const kept = only.length === 0 ? all : all.map((one) => ofFamilies(one, only));
  if (name === undefined) return kept;
  const near = kept.flatMap((one) => around(one, name) ?? []);
  if (near.length === 0) throw unknownName(name, kept);
  return near;
}
