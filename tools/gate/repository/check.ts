import { append } from "../../core/append.ts";
import type { Finding } from "../../core/finding.ts";
import type { RepositoryContext, TargetFacts } from "../../core/repository.ts";
import type { Target } from "../../core/resource.ts";
import type { Policy } from "../../policy/define.ts";
import { evaluateRepository } from "../../policy/evaluate.ts";
import { rules } from "../../rules/index.ts";
import { type MaybeResolved, maybeResolvedFindings, resolvedFindings } from "../../rules/lib/sync/resolved.ts";
import { findingsOf, keyOf, rulebookOf } from "../findings.ts";
import type { GateInput, Ruleset } from "../input.ts";
import { checkTargets } from "../outcomes/check-targets.ts";
import type { Outcome } from "../outcomes/outcomes.ts";
import { Sources } from "../sources.ts";
import { variantsOf } from "../synced/variants.ts";
import { crashIssue, type Issue } from "../target/checked.ts";
import { byTargetName, targetName } from "../target/name.ts";
import { repositoryContext, urlsOf } from "./context.ts";
import { versionLabels } from "./managed-by.ts";
import type { FindingChange, RepositoryOutcome } from "./outcome.ts";

/** The facts of all targets. Targets whose facts are lost are checked again. */
export async function knownFacts(outcomes: readonly Outcome[], input: GateInput): Promise<TargetFacts[]> {
  const facts = outcomes.map((outcome) => input.outcomes.factsOf(outcome));
  const lost = outcomes.filter((_, index) => facts[index] === undefined);
  if (lost.length > 0) {
    const known = outcomes.filter((outcome) => !lost.includes(outcome));
    const again = await checkTargets(input, new Map(known.map((outcome) => [outcome.target.path, outcome])));
    return again.flatMap((outcome) => input.outcomes.factsOf(outcome) ?? []);
  }
  return facts.filter((one) => one !== undefined);
}

/** Runs the rules that compare targets with each other. Each finding is about the target to change. */
export async function checkRepository(
  facts: readonly TargetFacts[],
  { policies }: Ruleset,
  input: GateInput,
): Promise<RepositoryOutcome> {
  const { config, cwd, targets } = input;
  const { root } = config;
  const context = await contextOf(facts, input);
  const issuesOf = issuesOfAll(context, policies, input);
  const labels = versionLabels(context);
  const sources = new Sources(cwd, undefined);
  const findings: Finding[] = [];
  for (const target of targets) {
    const name = targetName(target.path, root, cwd);
    const issues = [...(issuesOf.get(name) ?? []), ...(labels.get(name) ?? [])];
    const locations = sources.locate({ target, issues });
    append(findings, findingsOf({ target, issues }, locations, rulebookOf(target, input)));
  }
  const named = byTargetName(targets, ({ path }) => path, root, cwd);
  return {
    findings,
    resolved: resolvedIn(context, input),
    maybeResolved: maybeResolvedFindings(context).map((one) => changeOf(one, named, input)),
    variants: variantsOf(context),
    crashed: [...issuesOf.values()].flat().some(({ crash }) => crash),
  };
}

/** The keys of findings about targets that other targets resolve. */
export function resolvedIn(context: RepositoryContext, { config, cwd, targets }: GateInput): string[] {
  const named = byTargetName(targets, ({ path }) => path, config.root, cwd);
  return resolvedFindings(context).map((one) => keyOf({ ...one, target: named.get(one.target)?.path ?? one.target }));
}

/** The repository of a run, with the facts about its targets. */
export function contextOf(facts: readonly TargetFacts[], input: GateInput): Promise<RepositoryContext> {
  const { config, cwd, coverage, originalRoot } = input;
  const { root, cluster } = config;
  const ordered = [...facts].sort((a, b) => (a.name < b.name ? -1 : 1));
  const whole = coverage.isComplete;
  return repositoryContext(ordered, { root, cwd, originalRoot, cluster, urls: urlsOf(config), whole });
}

/** Advice for a finding about a missing object that an unrelated target renders: both may go to the same cluster. */
function changeOf(one: MaybeResolved, named: ReadonlyMap<string, Target>, { rules }: GateInput): FindingChange {
  const { target, rule, other, isPart } = one;
  const info = rules.byId.get(rule);
  const shown = named.get(other)?.path ?? other;
  return {
    key: keyOf({ ...one, target: named.get(target)?.path ?? target }),
    help: `Target ${shown} renders it: if both are applied to one cluster, declare that with an Argo CD Application or a Flux Kustomization for each, or with cluster in gitops.yaml.`,
    ...(isPart && info !== undefined && { severity: rules.levelOf({ ...info, severity: "warning" }, target) }),
  };
}

/** The issues by the names of targets. A policy that threw is reported for the first target. */
function issuesOfAll(
  context: RepositoryContext,
  own: readonly Policy[],
  { rules: { levelOf } }: Pick<GateInput, "rules">,
): Map<string, Issue[]> {
  const policies = [...rules, ...own].filter(({ checkRepository }) => checkRepository !== undefined);
  const { problems, crashes } = evaluateRepository(policies, context);
  const byId = new Map(policies.map((policy) => [policy.id, policy]));
  const counted = problems.filter(({ rule, target }) => {
    const policy = byId.get(rule);
    return policy !== undefined && levelOf(policy, target) !== "off";
  });
  const issues = new Map<string, Issue[]>([[context.targets[0]?.name ?? "", crashes.map(crashIssue)]]);
  for (const { target, of: resource, in: _, ...problem } of counted)
    issues.set(target, [...(issues.get(target) ?? []), { problem, ...(resource && { resource }) }]);
  return issues;
}
