import { UserError } from "../core/errors.ts";
import type { RuleInfo } from "../core/rule.ts";
import { findKustomize } from "../render/kustomize.ts";
import { visibleLines } from "../report/style.ts";
import type { Trial } from "../trial/trial.ts";
import type { Args, Command, Io } from "./command.ts";
import { select } from "./select.ts";
import { selectionFlags } from "./selection.ts";

export const command: Command = {
  usage: "[list | test] [DIR…]",
  description:
    "list: every rule with its severity, those of the gate itself and the policies of this repository, or of DIR.\n" +
    "test: the same policies on their fixtures, fixtures/<family>/<name>/pass*.yaml and fail*.yaml, or folders pass*/ and fail*/.",
  flags: {
    ...selectionFlags,
    output: { type: "string", short: "o", value: "FORMAT", help: "of list: pretty (default), or markdown" },
    mutate: { type: "boolean", help: "of test: each change of a passing fixture that breaks a demand must be noticed" },
  },
  async run(all, io) {
    const [verb = "list", ...folders] = all.positionals;
    if (verb !== "list" && verb !== "test")
      throw new UserError(`gitops policies knows "list" and "test", not "${verb}"`);
    const args = folders.length > 0 ? withFolders(all, folders) : all;
    if (verb === "test") return test(args, io);
    const { rules } = await select(args);
    io.out(await listed([...rules.values()], args.string("output") ?? "pretty"));
    return 0;
  },
};

/** `test DIR` says the same as `--policies DIR test`. */
function withFolders(args: Args, folders: readonly string[]): Args {
  if (args.strings("policies").length > 0) throw new UserError("name the policies once: as DIR, or by --policies");
  return { ...args, strings: (flag) => (flag === "policies" ? folders : args.strings(flag)) };
}

async function listed(rules: readonly RuleInfo[], format: string): Promise<string> {
  if (format === "pretty") return table(rules);
  if (format !== "markdown") throw new UserError(`the rules are listed as pretty or markdown, not "${format}"`);
  const { catalogue } = await import("../explain/catalogue.ts");
  return catalogue(rules);
}

/** 0 when every policy does what its fixtures say, else 1. */
async function test(args: Args, io: Io): Promise<number> {
  const { config, contracts, folders, policies } = await select(args);
  const [{ fixturesIn, repositoriesIn }, { tried }] = await Promise.all([
    import("../trial/fixtures.ts"),
    import("../trial/trial.ts"),
  ]);
  const fixtures = folders.flatMap(fixturesIn);
  const repositories = folders.flatMap(repositoriesIn);
  const stray = [...fixtures, ...repositories].find(({ policy }) => !policies.some(({ id }) => id === policy));
  if (stray !== undefined) throw new UserError(`${stray.path}: there is no policy ${stray.policy}`);
  const around = { contracts, cluster: config.cluster ?? [], versions: config.kubernetes ?? ["1.36"] };
  const search = { env: io.env, loadRestrictor: config.loadRestrictor };
  const kustomize = repositories.length > 0 ? await findKustomize(search) : undefined;
  const trials: Trial[] = [];
  for (const policy of policies) {
    const isOwn = (fixture: { readonly policy: string }) => fixture.policy === policy.id;
    const own = { manifests: fixtures.filter(isOwn), repositories: repositories.filter(isOwn), kustomize };
    trials.push(await tried(policy, own, around, args.boolean("mutate")));
  }
  io.out(trials.map(told).join("") + counted(trials));
  return trials.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

function told({ policy, fixtures, mutants, failures }: Trial): string {
  const size = `${fixtures} fixtures${mutants > 0 ? `, ${mutants} mutants noticed` : ""}`;
  if (failures.length === 0) return `✓ ${policy}  ${size}\n`;
  return `✗ ${policy}\n${failures.map((failure) => `    ${visibleLines(failure)}\n`).join("")}`;
}

function counted(trials: readonly Trial[]): string {
  const failed = trials.filter(({ failures }) => failures.length > 0).length;
  return `\n${trials.length} ${trials.length === 1 ? "policy" : "policies"} tested, ${failed} failed\n`;
}

function table(rules: readonly RuleInfo[]): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  const rows = rules.map(
    ({ id, severity, why }) => `${id.padEnd(width)}  ${severity.padEnd(7)}  ${firstSentence(why)}`,
  );
  return `${rows.sort().join("\n")}\n`;
}

function firstSentence(text: string): string {
  return /^.*?[.;:](?=\s|$)/s.exec(text)?.[0].replace(/[;:]$/, ".") ?? text;
}
