import { join, relative, resolve } from "node:path";
import { type LoadedConfig, loadConfig } from "../config/config.ts";
import { exists, readText } from "../config/files.ts";
import type { Contract } from "../core/contract.ts";
import { UserError } from "../core/errors.ts";
import type { RuleInfo } from "../core/rule.ts";
import { registry } from "../gate/registry.ts";
import { checkIds } from "../policy/check-settings.ts";
import { parseContracts } from "../policy/contracts.ts";
import type { Policy } from "../policy/define.ts";
import { type LevelOf, levels } from "../policy/levels.ts";
import { loadPolicies, unique } from "../policy/load.ts";
import type { Args } from "./command.ts";

/** The configuration in effect, its policies, and all rules including them. */
export interface LoadedRules {
  readonly config: LoadedConfig;
  readonly policies: readonly Policy[];
  /** The absolute paths of the folders with the policies. */
  readonly folders: readonly string[];
  readonly rules: ReadonlyMap<string, RuleInfo>;
  /** The severity of each rule in each target. */
  readonly levelOf: LevelOf;
  readonly contracts: readonly Contract[];
}

/** Reads the policies given by flags or gitops.yaml. @throws UserError */
export async function loadRules(
  args: Args,
  config: LoadedConfig = loadConfig(process.cwd(), args.string("config")),
): Promise<LoadedRules> {
  for (const folder of args.strings("policies"))
    if (!exists(resolve(folder))) throw new UserError(`cannot read ${folder}: no such file or folder`);
  const named = args.strings("policies").map((folder) => resolve(folder));
  const folders = named.length > 0 ? named : foldersOf(config);
  const policies = await policiesOf(config, folders);
  const rules = registry(policies);
  checkIds(config, rules);
  return { config, policies, folders, rules, levelOf: levels(config, rules), contracts: contractsOf(config) };
}

/** The policies of a configuration, or those in other absolute folders. @throws UserError */
export async function policiesOf(config: LoadedConfig, folders = foldersOf(config)): Promise<Policy[]> {
  const others = [config.waivers, config.contracts].filter((path) => path !== undefined);
  const except = new Set(others.map((path) => join(config.home, path)));
  const loaded = await Promise.all(folders.map((folder) => loadPolicies(folder, config.home, except, config.top)));
  return unique(loaded.flat());
}

function foldersOf({ policies = [], home }: LoadedConfig): string[] {
  return policies.map((folder) => join(home, folder));
}

/** The contracts in the configuration: what images expect of their environment. @throws UserError */
export function contractsOf({ contracts, home }: LoadedConfig): Contract[] {
  if (contracts === undefined) return [];
  const path = join(home, contracts);
  return parseContracts(readText(path), relative(process.cwd(), path));
}
