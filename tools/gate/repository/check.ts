import { append } from "../../core/append.ts";
import type { Finding } from "../../core/finding.ts";
import type { RepositoryContext, TargetFacts } from "../../core/repository.ts";
import { evaluateRepository } from "../../policy/evaluate.ts";
import { rules } from "../../rules/index.ts";
import { answers, type Beside, besides } from "../../rules/lib/sync/answers.ts";
import { bookOf, findingsOf, keyOf } from "../findings.ts";
import type { GateInput, Judging } from "../input.ts";
import { judgeRest } from "../outcomes/check-targets.ts";
import type { BesideFinding, Outcome, WholeOutcome } from "../outcomes/outcomes.ts";
import { Sources } from "../sources.ts";
import { crashed } from "../target/check.ts";
import type { Issue } from "../target/checked.ts";
import { targetName } from "../target/name.ts";
import { repositoryContext, urlsOf } from "./context.ts";

/** The facts of all targets. Targets whose facts are lost are checked again. */
export async function knownFacts(outcomes: readonly Outcome[], input: GateInput): Promise<TargetFacts[]> {
  const facts = outcomes.map((outcome) => input.outcomes.factsOf(outcome));
  const lost = outcomes.filter((_, index) => facts[index] === undefined);
  if (lost.length > 0) {
    const known = outcomes.filter((outcome) => !lost.includes(outcome));
    const again = await judgeRest(input, new Map(known.map((outcome) => [outcome.target.path, outcome])));
    return again.flatMap((outcome) => input.outcomes.factsOf(outcome) ?? []);
  }
  return facts.filter((one) => one !== undefined);
}

/** Runs the rules that compare targets with each other. Each finding is about the target to change. */
export async function judgeWhole(
  facts: readonly TargetFacts[],
  judging: Judging,
  input: GateInput,
): Promise<WholeOutcome> {
  const { config, cwd, targets, whole, of } = input;
  const { root, cluster } = config;
  const ordered = [...facts].sort((a, b) => (a.name < b.name ? -1 : 1));
  const context = await repositoryContext(ordered, { root, cwd, urls: urlsOf(config), whole, cluster, of });
  const issuesOf = issuesOfAll(context, judging, input);
  const sources = new Sources(cwd, undefined);
  const findings: Finding[] = [];
  for (const target of targets) {
    const issues = issuesOf.get(targetName(target.path, config.root, cwd)) ?? [];
    append(findings, findingsOf({ target, issues }, await sources.locate({ target, issues }), bookOf(target, input)));
  }
  const paths = new Map(targets.map(({ path }) => [targetName(path, config.root, cwd), path]));
  const answered = answers(context).map((one) => keyOf({ ...one, target: paths.get(one.target) ?? one.target }));
  const beside = besides(context).map((one) => besideFinding(one, paths, input));
  return { findings, answered, beside, crashed: [...issuesOf.values()].flat().some(({ crash }) => crash) };
}

/** Advice for a finding about a missing object that an unrelated target renders: both may go to the same cluster. */
function besideFinding(one: Beside, paths: ReadonlyMap<string, string>, input: GateInput): BesideFinding {
  const { target, rule, other, isPart } = one;
  const info = input.rules.get(rule);
  const shown = paths.get(other) ?? other;
  return {
    key: keyOf({ ...one, target: paths.get(target) ?? target }),
    help: `Target ${shown} renders it: if both are applied to one cluster, declare that with an Argo CD Application or a Flux Kustomization for each, or with cluster in gitops.yaml.`,
    ...(isPart && info !== undefined && { severity: input.levelOf({ ...info, severity: "warning" }, target) }),
  };
}

/** The issues by the names of targets. A policy that threw is reported for the first target. */
function issuesOfAll(
  context: RepositoryContext,
  judging: Judging,
  { levelOf }: Pick<GateInput, "levelOf">,
): Map<string, Issue[]> {
  const policies = [...rules, ...judging.policies].filter(({ checkRepository }) => checkRepository !== undefined);
  const { problems, crashes } = evaluateRepository(policies, context);
  const byId = new Map(policies.map((policy) => [policy.id, policy]));
  const counted = problems.filter(({ rule, target }) => {
    const policy = byId.get(rule);
    return policy !== undefined && levelOf(policy, target) !== "off";
  });
  const issues = new Map<string, Issue[]>([[context.targets[0]?.name ?? "", crashes.map(crashed)]]);
  for (const { target, of: resource, in: _, ...problem } of counted)
    issues.set(target, [...(issues.get(target) ?? []), { problem, ...(resource && { resource }) }]);
  return issues;
}
