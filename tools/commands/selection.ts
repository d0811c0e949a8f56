import type { Memo } from "../cache/memo.ts";
import { rememberedLater } from "../cache/remembered.ts";
import type { LoadedConfig } from "../config/config.ts";
import { UserError } from "../core/errors.ts";
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
 * @param memo where that of the working tree may be known from
 * @throws UserError where there is no such revision, or other flags name a judge, too.
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
  if (other) throw new UserError(`--judged-by takes the ${other} of ${ref}: leave out --${other}, or --judged-by`);
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

/** What reads YAML is loaded only where the file has changed. */
async function configHere(cwd: string, named: string | undefined, memo: Memo | undefined): Promise<LoadedConfig> {
  const read = async () => (await import("../config/config.ts")).loadConfig(cwd, named);
  return memo === undefined ? read() : rememberedLater(memo, `config ${named ?? ""}`, read, isJson);
}

/** Numbers beyond 2^53 are none of JSON. */
function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

const notGenerated =
  "gitops: generated files are not compared with their models, which are code of what is judged; gitops generate --check does\n";
