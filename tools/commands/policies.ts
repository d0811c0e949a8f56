import { UserError } from "../core/errors.ts";
import type { RuleInfo } from "../core/rule.ts";
import { findKustomize } from "../render/kustomize.ts";
import { visibleLines } from "../report/style.ts";
import type { Trial } from "../trial/trial.ts";
import type { Args, Command, Io } from "./command.ts";
import { select } from "./select.ts";
import { selectionFlags } from "./selection.ts";
import { kubernetesVersions } from "./versions.ts";

export const command: Command = {
  usage: "[list | test] [DIR…]",
  description:
    "list: print every rule with its severity: the built-in rules and the policies of this repository or DIR.\n" +
    "test: test these policies with their fixtures: fixtures/<family>/<name>/pass*.yaml and fail*.yaml, or folders pass*/ and fail*/.",
  flags: {
    ...selectionFlags,
    output: { type: "string", short: "o", value: "FORMAT", help: "for list: pretty (default) or markdown" },
    mutate: {
      type: "boolean",
      help: "for test: also require that policies notice breaking changes to their passing fixtures",
    },
  },
  async run(all, io) {
    const [verb = "list", ...folders] = all.positionals;
    if (verb !== "list" && verb !== "test")
      throw new UserError(`unknown policies command "${verb}"; the commands are list and test`);
    const args = folders.length > 0 ? withFolders(all, folders) : all;
    if (verb === "test") return test(args, io);
    const { rules } = await select(args);
    io.out(await listed([...rules.values()], args.string("output") ?? "pretty"));
    return 0;
  },
};

/** `test DIR` means the same as `test --policies DIR`. */
function withFolders(args: Args, folders: readonly string[]): Args {
  if (args.strings("policies").length > 0)
    throw new UserError("name the policies either as DIR or with --policies, not both");
  return { ...args, strings: (flag) => (flag === "policies" ? folders : args.strings(flag)) };
}

async function listed(rules: readonly RuleInfo[], format: string): Promise<string> {
  if (format === "pretty") return table(rules);
  if (format !== "markdown")
    throw new UserError(`unknown format "${format}"; the formats of the list are pretty and markdown`);
  const { catalogue } = await import("../explain/catalogue.ts");
  return catalogue(rules);
}

/** Tests the policies. @returns 0 if every policy agrees with its fixtures, otherwise 1 */
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
  const around = { contracts, cluster: config.cluster ?? [], versions: kubernetesVersions(args, config) };
  const search = { env: io.env, loadRestrictor: config.loadRestrictor };
  const kustomize = repositories.length > 0 ? await findKustomize(search) : undefined;
  const trials: Trial[] = [];
  for (const policy of policies) {
    const isOwn = (fixture: { readonly policy: string }) => fixture.policy === policy.id;
    const own = { manifests: fixtures.filter(isOwn), repositories: repositories.filter(isOwn), kustomize };
    trials.push(await tried(policy, own, around, args.boolean("mutate")));
  }
  io.out(trials.map(resultOf).join("") + counted(trials));
  return trials.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

function resultOf({ policy, fixtures, mutants, failures }: Trial): string {
  const size = `${fixtures} fixtures${mutants > 0 ? `, ${mutants} mutants detected` : ""}`;
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
