import type { Memo } from "../cache/memo.ts";
import { remembered } from "../cache/remembered.ts";
import type { LoadedConfig, Profile } from "../config/config.ts";
import { UserError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import type { Args, Flag, Io } from "./command.ts";

/** The flags that select the configuration and the policies. */
export const configFlags = {
  config: {
    type: "string",
    value: "FILE",
    help: "configuration file; default: the nearest gitops.yaml in this folder or above",
  },
  policies: { type: "string", value: "DIR", multiple: true, help: "policies instead of those in gitops.yaml" },
} satisfies Record<string, Flag>;

/** The flag that makes a check stricter or more lenient than gitops.yaml does. */
export const profileFlag = {
  profile: { type: "string", value: "PROFILE", help: "baseline, recommended or strict; default: that of gitops.yaml" },
} satisfies Record<string, Flag>;

const profiles = ["baseline", "recommended", "strict"] as const satisfies Profile[];

/** The configuration with the profile of `--profile`, if there is one. @throws UserError for an unknown profile */
export function withProfile(config: LoadedConfig, args: Args): LoadedConfig {
  const name = args.string("profile");
  if (name === undefined) return config;
  const profile = profiles.find((one) => one === name);
  if (profile === undefined)
    throw new UserError(
      `unknown profile "${name}"${didYouMean(name, profiles) || `; the profiles are ${profiles.join(", ")}`}`,
    );
  return { ...config, profile };
}

/** The flag that takes the configuration from another revision. */
export const judgeFlag = {
  "judged-by": {
    type: "string",
    value: "REF",
    help: "Git revision to take gitops.yaml, policies, waivers, contracts and schemas from",
  },
} satisfies Record<string, Flag>;

/**
 * Runs `use` with the configuration in effect: from the working tree, or from the revision given by --judged-by, so that a change
 * cannot choose its own rules. In that case, no code of the checked tree is run.
 *
 * @param memo may hold the configuration of the working tree
 * @throws UserError if there is no such revision, or if other flags conflict with --judged-by
 */
export async function withConfig<T>(
  args: Args,
  io: Io,
  use: (config: LoadedConfig) => Promise<T>,
  memo?: Memo,
): Promise<T> {
  const cwd = process.cwd();
  const ref = args.string("judged-by");
  if (ref === undefined) return use(await configHere(cwd, args.string("config"), memo));
  const other = ["policies", "waivers"].find((flag) => args.string(flag) !== undefined);
  if (other)
    throw new UserError(`--judged-by takes the ${other} from ${ref}: leave out either --${other} or --judged-by`);
  const [{ findRevision }, { withRevision }, { configOf, loadConfig }] = await Promise.all([
    import("../git/revision.ts"),
    import("../git/checkout.ts"),
    import("../config/config.ts"),
  ]);
  const revision = await findRevision(ref, cwd);
  return withRevision(revision, cwd, async (top, there) => {
    const here = { top: revision.root, cwd };
    if (loadConfig(cwd, undefined).generate !== undefined) io.err(notGenerated);
    return use({ ...configOf({ top, cwd: there }, here, args.string("config")), judge: revision.commit });
  });
}

/** The code that reads YAML is loaded only if the file has changed. */
async function configHere(cwd: string, named: string | undefined, memo: Memo | undefined): Promise<LoadedConfig> {
  const read = async () => (await import("../config/config.ts")).loadConfig(cwd, named);
  return memo === undefined ? read() : remembered(memo, `config ${named ?? ""}`, read, isJson);
}

/** Whether a value can be stored as JSON: bigints cannot. */
function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

const notGenerated =
  "gitops: generated files are not compared with their models, whose code is part of the change; use gitops generate --check\n";
