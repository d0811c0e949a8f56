import type { Renderings } from "../cache/renderings.ts";
import { configThere, type LoadedConfig } from "../config/config.ts";
import { readCrds } from "../config/crds.ts";
import { pastConfig, pathsIn } from "../config/past.ts";
import { UserError } from "../core/errors.ts";
import { handled } from "../core/handled.ts";
import type { Target } from "../core/resource.ts";
import { mayAdd } from "../diff/adding.ts";
import { definitionsElsewhere } from "../diff/definitions.ts";
import { type Diff, diff } from "../diff/diff.ts";
import { type Effect, effects, isEffect } from "../diff/effect.ts";
import { diffExit } from "../diff/exit.ts";
import type { DiffContext, ObjectPair } from "../diff/formats/format.ts";
import { diffReporters } from "../diff/formats/index.ts";
import { renderSides, type Side } from "../diff/sides.ts";
import { Sources } from "../gate/sources.ts";
import type { Changes } from "../git/changes.ts";
import { withLazyRevision, withRevision } from "../git/checkout.ts";
import { Comparisons } from "../git/comparisons.ts";
import { findRange, type Range } from "../git/range.ts";
import type { Revision } from "../git/revision.ts";
import type { Kustomize } from "../render/kustomize.ts";
import type { Applied } from "./applied-sides.ts";
import type { Args, Command, Io } from "./command.ts";
import { configFlags } from "./config-flags.ts";
import { contractsOf } from "./load-rules.ts";
import { answersOf, cacheFlags, openMemo, openRenderings, rendererOf } from "./open-cache.ts";
import { outputFlag, outputs, write } from "./output.ts";
import { baseKustomize, jobs, kustomizeFor, renderFlags } from "./targets.ts";
import { kubernetesVersions, versionFlag } from "./versions.ts";

export const command: Command = {
  usage: "BASE [HEAD]",
  description:
    "Show what changes in the applied objects between two Git revisions, and what that does to the running cluster. HEAD\n" +
    "defaults to the working tree; BASE...HEAD compares with the merge base, as a pull request does.",
  flags: {
    output: outputFlag(diffReporters),
    target: {
      type: "string",
      multiple: true,
      value: "TARGET",
      help: "target to compare, instead of those in gitops.yaml",
    },
    "exit-code": { type: "boolean", help: "exit with status 1 if anything changes" },
    "fail-on": {
      type: "string",
      value: "EFFECTS",
      help: `exit with status 1 on any of these effects: ${effects.slice(0, -1).join(",")}`,
    },
    kubernetes: versionFlag("Kubernetes version to check against"),
    ...renderFlags,
    "base-kustomize": {
      type: "string",
      value: "PATH",
      help: "different kustomize for BASE, to test an upgrade",
    },
    ...cacheFlags,
    config: configFlags.config,
  },
  maxPositionals: 2,
  async run(args, io) {
    if (args.positionals.length === 0)
      throw new UserError("name the revision to compare with, for example: gitops diff main");
    const written = outputs(args.strings("output"), diffReporters, "pretty");
    const failOn = effectsIn(args.string("fail-on"));
    const cwd = process.cwd();
    const range = await findRange(args.positionals, cwd);
    const changes = await changesIn(range, args);
    const { report, objects } = await withSides(range, changes, cwd, (base, head) =>
      compare(range, { base, head, changes }, args, io),
    );
    const status = diffExit(report, { exitCode: args.boolean("exit-code"), failOn });
    await write(
      written,
      async (format, isShown) => (await diffReporters[format]())(report, shownWith(objects, isShown, io)),
      io,
    );
    return status;
  },
};

/** The context for a reporter. @param isShown whether the report goes to standard output, which may be a terminal */
export function shownWith(objects: readonly ObjectPair[], isShown: boolean, io: Io): DiffContext {
  return { objects, colours: isShown && io.colours, columns: isShown ? io.columns : undefined };
}

/** The folders of one side. */
interface Folders {
  readonly root: string;
  readonly cwd: string;
}

/** Both sides, and the files that differ if Git knows them. */
interface Compared {
  readonly base: Folders;
  readonly head: Folders;
  readonly changes: Changes | undefined;
}

/** The files that differ from the working tree, according to Git; undefined for other comparisons. */
async function changesIn({ base, head }: Range, args: Args): Promise<Changes | undefined> {
  return head === undefined && !args.boolean("no-cache") ? new Comparisons(base.root).since(base) : undefined;
}

function withSides<T>(
  { base, head }: Range,
  changes: Changes | undefined,
  cwd: string,
  use: (base: Folders, head: Folders) => Promise<T>,
): Promise<T> {
  const withFolders = (root: string, there: string) =>
    withHead(head, base, cwd, (top, here) => use({ root, cwd: there }, { root: top, cwd: here }));
  return changes ? withLazyRevision(changes, cwd, withFolders) : withRevision(base, cwd, withFolders);
}

function withHead<T>(
  head: Revision | undefined,
  base: Revision,
  cwd: string,
  use: (root: string, cwd: string) => Promise<T>,
): Promise<T> {
  return head === undefined ? use(base.root, cwd) : withRevision(head, cwd, use);
}

async function compare(
  range: Range,
  { base: before, head: after, changes }: Compared,
  args: Args,
  io: Io,
): Promise<Diff> {
  const { base, head } = range;
  const memo = openMemo(args, io);
  let kustomize: Kustomize | undefined;
  let renderings: Renderings | undefined;
  const here = { top: base.root, cwd: process.cwd() };
  const config = configThere({ top: after.root, cwd: after.cwd }, here, args.string("config"));
  const versions = kubernetesVersions(args, config);
  const targets = args.strings("target");
  const rendering = {
    renderer: async (all: readonly Target[]) => {
      kustomize ??= await kustomizeFor(all, args, io, config, answersOf(memo));
      if (kustomize !== undefined) renderings ??= openRenderings(memo, await rendererOf(kustomize, memo, io), io);
      return { kustomize, renderings };
    },
    changes,
    baseKustomize: await baseKustomize(args, io, config),
    jobs: jobs(args),
  };
  const past = pastConfig({ top: before.root, cwd: before.cwd }, here, config);
  const [old, now] = [sideOf(before, targets, past), sideOf(after, targets, config)];
  const sources = new Sources(after.cwd, undefined);
  // What applies the targets may be in targets that are not compared.
  const [allOld, allNow] = [sideOf(before, [], past), sideOf(after, [], config)];
  const adds = handled(mayAdd(range, allOld, allNow));
  const plain: Applied = {
    sides: await renderSides(old, now, rendering),
    locate: ({ target }, items) => sources.trace(target, items),
  };
  const { sides, locate } = (await adds)
    ? await (await import("./applied-sides.ts")).appliedSides(
        plain,
        { ...allOld, config: past },
        { ...allNow, config },
        range,
        rendering,
      )
    : plain;
  const compared = new Set(sides.filter(({ unchanged }) => !unchanged).map(({ path }) => path));
  const result = await diff({
    base: base.ref,
    head: head?.ref ?? "working tree",
    sides,
    versions,
    ipFamilies: config.ipFamilies,
    featureGates: config.featureGates,
    context: { cluster: config.cluster ?? [], contracts: contractsOf(config) },
    crds: readCrds(config.schemas ?? [], config.root),
    installed: config.installed,
    elsewhere: (groups) => definitionsElsewhere(groups, allNow, compared, rendering),
    locate,
  });
  memo.save();
  renderings?.save();
  return result;
}

function sideOf({ root, cwd }: Folders, asked: readonly string[], config: LoadedConfig): Side {
  return { root, cwd, paths: pathsIn(config, cwd, asked, cwd) };
}

/** `rejected,data-loss`. @throws UserError for an unknown effect */
function effectsIn(text: string | undefined): Effect[] {
  const words = text === undefined ? [] : text.split(",").map((word) => word.trim());
  for (const word of words) {
    if (!isEffect(word) || word === "none")
      throw new UserError(`unknown effect "${word}" for --fail-on; known effects: ${effects.slice(0, -1).join(", ")}`);
  }
  return words.filter(isEffect);
}
