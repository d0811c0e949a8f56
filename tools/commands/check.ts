import { join, relative, resolve } from "node:path";
import type { LoadedConfig } from "../config/config.ts";
import { UserError } from "../core/errors.ts";
import type { LocatedProblem } from "../core/resource.ts";
import { gate } from "../gate/gate.ts";
import { targetName } from "../gate/name.ts";
import { noWaivers, readWaivers } from "../gate/waiver-file.ts";
import type { Revision } from "../git/revision.ts";
import { discover } from "../load/discover.ts";
import { repositoryOf, shown } from "../load/paths.ts";
import { checkOverrides } from "../policy/levels.ts";
import { reporters } from "../report/index.ts";
import { exitCode, type FailOn } from "../report/report.ts";
import type { Args, Command, Io } from "./command.ts";
import { outputs, write } from "./output.ts";
import { progressBar } from "./progress.ts";
import { judgeFlag, select, selectionFlags, withConfig } from "./selection.ts";
import { jobs, kustomizeFor, renderFlags, targetPaths } from "./targets.ts";
import { kubernetesVersions } from "./versions.ts";

export const command: Command = {
  usage: "[TARGET…]",
  description:
    "The gate: renders every target, validates it against Kubernetes, and judges it by the policies. A TARGET is a\n" +
    "kustomization folder, a folder of them, a file or folder of manifests, or - for standard input; without one, what\n" +
    "gitops.yaml names, and the generated files as well.",
  flags: {
    output: {
      type: "string",
      short: "o",
      multiple: true,
      value: "FORMAT[=FILE]",
      help: `${Object.keys(reporters).join(", ")}; repeatable`,
    },
    kubernetes: {
      type: "string",
      multiple: true,
      value: "VERSION",
      help: "a version that targets must suit; repeatable",
    },
    ...renderFlags,
    ...selectionFlags,
    ...judgeFlag,
    base: {
      type: "string",
      value: "REF",
      help: "a Git revision that is applied now: also judges whether the change can be applied over it",
    },
    waivers: { type: "string", value: "FILE", help: "waivers instead of those of gitops.yaml" },
    "fail-on": { type: "string", value: "SEVERITY", help: "error (default) or warning: what makes the exit status 1" },
  },
  run: (args, io) => withConfig(args, io, (config) => judge(config, args, io)),
};

async function judge(config: LoadedConfig, args: Args, io: Io): Promise<number> {
  const written = outputs(args.strings("output"), reporters);
  const failOn = severity(args.string("fail-on") ?? "error");
  const { policies, rules, levelOf, contracts } = await select(args, config);
  const versions = kubernetesVersions(args, config);
  const cwd = process.cwd();
  const targets = discover(targetPaths(args, config), { cwd });
  if (args.positionals.length === 0)
    checkOverrides(
      config,
      targets.map(({ path }) => targetName(path, config.root, cwd)),
    );
  const bar = progressBar(io, targets.length);
  const base = await baseOf(args, cwd);
  const { report, crashed, unknown } = await gate({
    cwd,
    config,
    targets,
    whole: args.positionals.length === 0,
    kustomize: await kustomizeFor(targets, args, io),
    jobs: jobs(args),
    versions,
    policies,
    rules,
    levelOf,
    contracts,
    waivers: waiversOf(args, config),
    today: new Date().toISOString().slice(0, 10),
    repository: args.positionals.length === 0 ? await generatedDrift(config) : [],
    base,
    progress: bar.step,
  }).finally(bar.end);
  for (const path of unknown)
    io.err(`gitops: ${path} does not render at ${base?.ref}: whether its changes can be applied is not known\n`);
  const status = crashed ? 2 : exitCode(report, failOn);
  const context = { colours: io.colours, failed: status !== 0, failOn, rules, folder: folderOf(cwd) };
  await write(
    written,
    async (format, isShown) => (await reporters[format]())(report, { ...context, colours: isShown && io.colours }),
    io,
  );
  return status;
}

/** Git is started only where a revision is asked for. */
async function baseOf(args: Args, cwd: string): Promise<Revision | undefined> {
  const ref = args.string("base");
  if (ref === undefined) return undefined;
  const { findRevision } = await import("../git/revision.ts");
  return findRevision(ref, cwd);
}

/** Where in its repository a run is started. */
function folderOf(cwd: string): string {
  const folder = shown(repositoryOf(cwd, cwd), cwd);
  return folder === "." ? "" : folder;
}

function severity(text: string): FailOn {
  if (text === "error" || text === "warning") return text;
  throw new UserError(`--fail-on is error or warning, not "${text}"`);
}

/** A file of the revision that judges is named as if it were here. */
function waiversOf(args: Args, { waivers, home, root }: LoadedConfig) {
  const named = args.string("waivers");
  const path = named ? resolve(named) : waivers && join(home, waivers);
  const here = named ? resolve(named) : waivers && join(root, waivers);
  return path && here ? readWaivers(path, relative(process.cwd(), here)) : noWaivers;
}

/** Loaded only where it is needed: printing YAML takes a library that judging does without. */
async function generatedDrift({ generate, root }: LoadedConfig): Promise<LocatedProblem[]> {
  if (!generate) return [];
  const { drift, generatedFiles } = await import("../generate/drift.ts");
  return drift(await generatedFiles(generate.models, root), root);
}
