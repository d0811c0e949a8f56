import { join, relative, resolve } from "node:path";
import { configOf, type LoadedConfig, loadConfig } from "../config/config.ts";
import { readText } from "../config/files.ts";
import type { Contract } from "../core/contract.ts";
import { UserError } from "../core/errors.ts";
import type { RuleInfo } from "../core/rule.ts";
import { parseContracts } from "../policy/contracts.ts";
import type { Policy } from "../policy/define.ts";
import { type LevelOf, levels } from "../policy/levels.ts";
import { loadPolicies, unique } from "../policy/load.ts";
import { registry } from "../policy/registry.ts";
import type { Args, Flag, Io } from "./command.ts";

export const selectionFlags = {
  config: { type: "string", value: "FILE", help: "configuration; default: the nearest gitops.yaml above" },
  policies: { type: "string", value: "DIR", multiple: true, help: "policies instead of those of gitops.yaml" },
} satisfies Record<string, Flag>;

export const judgeFlag = {
  "judged-by": {
    type: "string",
    value: "REF",
    help: "a Git revision whose gitops.yaml, policies, waivers, contracts and schemas judge",
  },
} satisfies Record<string, Flag>;

/**
 * Runs `use` with the configuration in force: that of the working tree, or of the revision that --judged-by names, which is
 * how a change cannot choose its judge. Nothing of what is judged is then run.
 *
 * @throws UserError where there is no such revision, or other flags name a judge, too.
 */
export async function withConfig<T>(args: Args, io: Io, use: (config: LoadedConfig) => Promise<T>): Promise<T> {
  const cwd = process.cwd();
  const ref = args.string("judged-by");
  if (ref === undefined) return use(loadConfig(cwd, args.string("config")));
  const other = ["policies", "waivers"].find((flag) => args.string(flag) !== undefined);
  if (other) throw new UserError(`--judged-by takes the ${other} of ${ref}: leave out --${other}, or --judged-by`);
  const { findRevision, withRevision } = await import("../git/revision.ts");
  const revision = await findRevision(ref, cwd);
  return withRevision(revision, cwd, async (top, there) => {
    const here = { top: revision.root, cwd };
    if (loadConfig(cwd, undefined).generate !== undefined) io.err(notGenerated);
    return use(configOf({ top, cwd: there }, here, args.string("config")));
  });
}

const notGenerated =
  "gitops: generated files are not compared with their models, which are code of what is judged; gitops generate --check does\n";

/** What a command works with: the configuration in force, its policies, and every rule there is with them. */
export interface Selection {
  readonly config: LoadedConfig;
  readonly policies: readonly Policy[];
  /** Absolute folders that they were read from. */
  readonly folders: readonly string[];
  readonly rules: ReadonlyMap<string, RuleInfo>;
  /** How grave each rule is in each target. */
  readonly levelOf: LevelOf;
  readonly contracts: readonly Contract[];
}

/** Reads the policies that the flags and gitops.yaml name. @throws UserError */
export async function select(
  args: Args,
  config: LoadedConfig = loadConfig(process.cwd(), args.string("config")),
): Promise<Selection> {
  const named = args.strings("policies").map((folder) => resolve(folder));
  const folders = named.length > 0 ? named : (config.policies ?? []).map((folder) => join(config.home, folder));
  const others = [config.waivers, config.contracts].filter((path) => path !== undefined);
  const except = new Set(others.map((path) => join(config.home, path)));
  const loaded = await Promise.all(folders.map((folder) => loadPolicies(folder, config.home, except)));
  const policies = unique(loaded.flat());
  const rules = registry(policies);
  return { config, policies, folders, rules, levelOf: levels(config, rules), contracts: contractsOf(config) };
}

/** What images expect of their surroundings, as the configuration has it. @throws UserError */
export function contractsOf({ contracts, home }: LoadedConfig): Contract[] {
  if (contracts === undefined) return [];
  const path = join(home, contracts);
  return parseContracts(readText(path), relative(process.cwd(), path));
}
