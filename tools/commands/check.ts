import type { Memo } from "../cache/memo.ts";
import type { LoadedConfig } from "../config/config.ts";
import { type GateResult, gate } from "../gate/gate.ts";
import { unmatchedIn } from "../gate/outcomes/outcomes.ts";
import type { Report } from "../report/report.ts";
import { prepare, type Run } from "./check/prepare.ts";
import { publicationOf, publish, reportFlags } from "./check/publish.ts";
import { notesOf } from "./check/shard.ts";
import type { Args, Command, Io } from "./command.ts";
import { configFlags, judgeFlag, profileFlag, withConfig, withProfile } from "./config-flags.ts";
import { cacheFlags, openMemo } from "./open-cache.ts";
import { renderFlags } from "./targets.ts";
import { versionFlag } from "./versions.ts";

export const command: Command = {
  usage: "[TARGET…]",
  description:
    "The gate: render every target, validate it against Kubernetes, and check it against the policies. A TARGET is a\n" +
    "kustomization folder, a folder of kustomizations, a file or folder of manifests, or - for standard input. Without one,\n" +
    "the targets of gitops.yaml and the generated files are checked.",
  flags: {
    output: reportFlags.output,
    kubernetes: versionFlag("a version that targets must support"),
    ...renderFlags,
    kustomize: {
      ...renderFlags.kustomize,
      multiple: true,
      help: `${renderFlags.kustomize.help}; if repeated, all must render the same`,
    },
    ...configFlags,
    ...judgeFlag,
    ...profileFlag,
    base: {
      type: "string",
      value: "REF",
      help: "a Git revision that is applied now: mark new findings, and check whether the change can be applied over it",
    },
    "new-only": { type: "boolean", help: "with --base: show, and fail on, new findings only" },
    "base-kustomize": { type: "string", value: "PATH", help: "with --base: the kustomize that renders the base" },
    "max-deletions": {
      type: "string",
      value: "N",
      help: "with --base: how many objects a change may delete from a target",
    },
    waivers: { type: "string", value: "FILE", help: "waivers instead of those in gitops.yaml" },
    shard: {
      type: "string",
      value: "I/N",
      help: "check only part I of N of the targets; see gitops report merge",
    },
    costs: {
      type: "string",
      value: "FILE",
      help: "with --shard: the time that each target took, as written by gitops report merge",
    },
    ...cacheFlags,
    "fail-on": reportFlags["fail-on"],
  },
  run: (args, io) => {
    const memo = openMemo(args, io);
    return withConfig(args, io, (config) => check(withProfile(config, args), memo, args, io), memo);
  },
};

async function check(config: LoadedConfig, memo: Memo, args: Args, io: Io): Promise<number> {
  const publication = publicationOf(args);
  const run = await prepare(config, memo, args, io);
  const found = await gate(run.input).finally(run.end);
  await run.save();
  const ref = run.input.base?.revision.ref;
  for (const path of found.unknown)
    io.err(`gitops: ${path} does not render at ${ref}: whether its changes can be applied is not known\n`);
  const { crashed } = found;
  return publish({ report: reportOf(run, found), crashed }, publication, run.input.rules.byId, io);
}

/** The report, with what only the command knows: skipped charts and links, policies that matched nothing, the shard. */
function reportOf({ input, part, skipped }: Run, found: GateResult): Report {
  const { charts, templates, submodules, links } = skipped;
  const { shard, isFirst } = part;
  // A part of the targets, or the changed ones alone, cannot show that a policy matches nothing.
  const unmatched =
    input.coverage.isComplete && shard === undefined && input.base === undefined
      ? unmatchedIn(found.outcomes ?? [])
      : [];
  return {
    ...found.report,
    ...(unmatched.length > 0 && { unmatched }),
    ...(isFirst && charts.length > 0 && { charts }),
    ...(isFirst && templates.length > 0 && { templates }),
    ...(isFirst && submodules.length > 0 && { submodules }),
    ...(isFirst && links.length > 0 && { links }),
    ...(shard && { shard: notesOf(shard, found, input.coverage.isComplete, input.config) }),
  };
}
