import { UserError } from "../core/errors.ts";
import type { RuleInfo } from "../core/rule.ts";
import type { PolicyTest } from "../policy-tests/test-policy.ts";
import { findKustomize } from "../render/kustomize.ts";
import { visibleLines } from "../report/style.ts";
import type { Args, Command, Io } from "./command.ts";
import { configFlags } from "./config-flags.ts";
import { loadRules } from "./load-rules.ts";
import { kubernetesVersions } from "./versions.ts";

export const command: Command = {
  usage: "[list | test] [DIR…]",
  description:
    "list: print every rule with its severity: the built-in rules and the policies of this repository or DIR.\n" +
    "test: test these policies with their fixtures: fixtures/<family>/<name>/pass*.yaml and fail*.yaml, or folders pass*/ and fail*/.",
  flags: {
    ...configFlags,
    output: { type: "string", short: "o", value: "FORMAT", help: "for list: pretty (default), json or markdown" },
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
    const { rules } = await loadRules(args);
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
  if (format === "json") return asJson(rules);
  if (format !== "markdown")
    throw new UserError(`unknown format "${format}"; the formats of the list are pretty, json and markdown`);
  const { catalogue } = await import("../explain/catalogue.ts");
  return catalogue(rules);
}

/** What is known about each rule, for programs, in the order of the table. */
function asJson(rules: readonly RuleInfo[]): string {
  const all = rules.map(({ id, severity, why, fix, profile }) => ({
    id,
    severity,
    why,
    fix,
    ...(profile && { profile }),
  }));
  return `${JSON.stringify({ schemaVersion: 1, rules: all.sort((a, b) => (a.id < b.id ? -1 : 1)) }, null, 2)}\n`;
}

/** Tests the policies. @returns 0 if every policy agrees with its fixtures, otherwise 1 */
async function test(args: Args, io: Io): Promise<number> {
  const { config, contracts, folders, policies } = await loadRules(args);
  const [{ fixturesIn, repositoriesIn }, { testPolicy }] = await Promise.all([
    import("../policy-tests/fixtures.ts"),
    import("../policy-tests/test-policy.ts"),
  ]);
  const fixtures = folders.flatMap(fixturesIn);
  const repositories = folders.flatMap(repositoriesIn);
  const stray = [...fixtures, ...repositories].find(({ policy }) => !policies.some(({ id }) => id === policy));
  if (stray !== undefined) throw new UserError(`${stray.path}: there is no policy ${stray.policy}`);
  const around = { contracts, cluster: config.cluster ?? [], versions: kubernetesVersions(args, config) };
  const search = { env: io.env, loadRestrictor: config.loadRestrictor };
  const kustomize = repositories.length > 0 ? await findKustomize(search) : undefined;
  const tests: PolicyTest[] = [];
  for (const policy of policies) {
    const isOwn = (fixture: { readonly policy: string }) => fixture.policy === policy.id;
    const own = { manifests: fixtures.filter(isOwn), repositories: repositories.filter(isOwn), kustomize };
    tests.push(await testPolicy(policy, own, around, args.boolean("mutate")));
  }
  io.out(tests.length === 0 ? nothing : tests.map(resultOf).join("") + counted(tests));
  return tests.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

const nothing = "0 policies tested: name their folder, or set policies in gitops.yaml\n";

function resultOf({ policy, fixtures, mutants, failures }: PolicyTest): string {
  const size = `${fixtures} fixtures${mutants > 0 ? `, ${mutants} mutants detected` : ""}`;
  if (failures.length === 0) return `✓ ${policy}  ${size}\n`;
  return `✗ ${policy}\n${failures.map((failure) => `    ${visibleLines(failure)}\n`).join("")}`;
}

function counted(tests: readonly PolicyTest[]): string {
  const failed = tests.filter(({ failures }) => failures.length > 0).length;
  return `\n${tests.length} ${tests.length === 1 ? "policy" : "policies"} tested, ${failed} failed\n`;
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
