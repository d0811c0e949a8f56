import { append } from "../../core/append.ts";
import { at } from "../../core/pointer.ts";
import type { TargetFacts } from "../../core/repository.ts";
import { resourceId } from "../../core/resource.ts";
import { hasVariable } from "../../core/variable.ts";
import { type RenderedAs, renderAs } from "../../render/additions.ts";
import { render } from "../../render/render.ts";
import { deadPatch } from "../../rules/gitops/dead-patch.ts";
import { replayedLater } from "../../system/observe.ts";
import { findingsOf, type Location, rulebookOf } from "../findings.ts";
import type { GateInput } from "../input.ts";
import { checkerFor } from "../outcomes/check-targets.ts";
import { definitionsWith } from "../outcomes/shared-definitions.ts";
import type { TargetChecker } from "../target/check.ts";
import type { CheckedTarget, Issue } from "../target/checked.ts";
import { type Definition, definitionsOf } from "../target/definitions.ts";
import { targetName } from "../target/name.ts";
import { openFacts } from "../target/open-facts.ts";
import { deadAdditions } from "./dead-additions.ts";
import { likenessOf } from "./likeness.ts";
import { type Located, locateAs } from "./locate.ts";
import type { VariantFinding, VariantOutcome } from "./outcome.ts";

/** Renders a variant and checks what it renders. */
export type Judge = (located: Located) => Promise<VariantOutcome>;

/** The judge of all variants of a run. @param facts about the targets as they are */
export async function judgeOf(facts: () => Promise<readonly TargetFacts[]>, input: GateInput): Promise<Judge> {
  const checker = await checkerFor(input);
  const definitions = replayedLater(async () => definitionsIn(await facts(), input));
  return (located) => judge(located, checker, definitions, input);
}

/** The CustomResourceDefinitions of all targets. */
async function definitionsIn(facts: readonly TargetFacts[], input: GateInput): Promise<Definition[]> {
  const { targets, config, cwd, rendering } = input;
  const defining = new Set(facts.filter(defines).map(({ name }) => name));
  const some = targets.filter(({ path }) => defining.has(targetName(path, config.root, cwd)));
  const crds = new Map<string, readonly Definition[]>();
  for await (const one of render(some, { cwd, ...rendering })) crds.set(one.target.path, definitionsOf(one));
  return definitionsWith(crds, input);
}

function defines({ objects }: TargetFacts): boolean {
  return objects.some(({ kind }) => kind === "CustomResourceDefinition");
}

async function judge(
  located: Located,
  checker: TargetChecker,
  definitions: () => Promise<readonly Definition[]>,
  input: GateInput,
): Promise<VariantOutcome> {
  const { variant, target } = located;
  const { additions } = variant;
  const { cwd, rendering, outcomes, coverage } = input;
  const rendered = await renderAs(target, additions, { cwd, ...rendering });
  const checked = await checker.checkResources(rendered, []);
  const { waiting, failed } = checked;
  if (waiting.length > 0) await checker.finish(checked, [...(await definitions())]);
  const found = issuesIn(checked, rendered);
  const isCounted = rulebookOf(target, input).levelOf(deadPatch) !== "off";
  const dead = isCounted ? await deadAdditions(located, rendered, { cwd, ...rendering }) : [];
  const issues: Issue[] = [...rendered.refused, ...dead, ...found];
  const open = openFacts(found);
  const outcome: VariantOutcome = {
    failed,
    ...(rendered.isPartial && { isPartial: true }),
    resources: checked.resources,
    findings: findingsIn(issues, rendered, located, input),
    facts: outcomes.addFacts(open.length > 0 ? { ...checked.facts, open } : checked.facts),
    crashed: issues.some(({ crash }) => crash),
    isPassing: rendered.passing || (waiting.length > 0 && coverage.chartDefinitions.length > 0),
  };
  input.onApplied?.(outcome, rendered);
  return outcome;
}

/** If it does not render, that is all that is said, at the resource that adds something. */
function issuesIn({ issues, failed }: CheckedTarget, { problems, isPartial, written }: RenderedAs): Issue[] {
  const causes = failed ? problems.map(({ file: _, line: __, column: ___, ...problem }) => ({ problem })) : [];
  if (failed && !isPartial) return causes;
  const found = issues.filter(({ resource }) => resource !== undefined).map((one) => withAdvice(one, written));
  return [...causes, ...found];
}

/** A value that became a number or a boolean because Flux puts it into YAML without quotes. */
function withAdvice(issue: Issue, written: RenderedAs["written"]): Issue {
  const { problem, resource } = issue;
  const text = at((resource && written.get(resource)?.object) ?? null, problem.pointer);
  const made = at(resource?.object ?? null, problem.pointer);
  if (typeof text !== "string" || !hasVariable(text) || typeof made === "string") return issue;
  const help = `Flux puts values in without quotes: set the variable quote: '"', and write $\{quote}${text}$\{quote}.`;
  return problem.rule === "schema/type" ? { ...issue, problem: { ...problem, help } } : issue;
}

/** The findings about a variant. */
export function findingsIn(
  issues: readonly Issue[],
  rendered: RenderedAs,
  located: Located,
  input: GateInput,
): VariantFinding[] {
  const { target, variant } = located;
  const locations = issues.length === 0 ? [] : locateAs(located, rendered, issues, input.cwd);
  const book = rulebookOf(target, input);
  const found: VariantFinding[] = [];
  for (const [index, issue] of issues.entries()) {
    const { problem, resource } = issue;
    const written = resource && (rendered.written.get(resource) ?? resource);
    const like = likenessOf({ ...problem, resource: written && resourceId(written) }, variant.additions);
    const location: readonly (Location | undefined)[] = [locations[index]];
    append(
      found,
      findingsOf({ target, issues: [issue] }, location, book).map((finding) => ({ like, finding })),
    );
  }
  return found;
}
