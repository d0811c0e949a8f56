import { append } from "../../core/append.ts";
import type { Finding } from "../../core/finding.ts";
import type { Changes } from "../../git/changes.ts";
import { readStdin } from "../../parse/file.ts";
import type { RenderedTarget } from "../../render/rendering.ts";
import { aspects } from "../../system/observe.ts";
import { bookOf, findingsOf, sorted, withWhole } from "../findings.ts";
import type { BaseRequest, Found, GateInput } from "../input.ts";
import { knownOf, outcomesOf, wholeOf } from "../outcomes/known.ts";
import { Sources } from "../sources.ts";
import { noWaivers } from "../waivers/file.ts";
import { ofRepository, waive } from "../waivers/waive.ts";
import { type Since, since } from "./compare.ts";
import { markNew } from "./mark-new.ts";

/** Checks targets now and, if they have changed, at the base, and tells new findings from old ones. */
export async function foundSince(input: GateInput, base: BaseRequest): Promise<Found> {
  const known = knownOf(input);
  const changes = await base.changes;
  const rendered = new Map<string, RenderedTarget>();
  const keep = (one: RenderedTarget) => {
    if (mayHaveChanged(one, changes)) rendered.set(one.target.path, one);
  };
  const outcomes = await outcomesOf({ ...input, rendered: keep }, known);
  const whole = await wholeOf(outcomes, input);
  const past = await since({ outcomes, rendered, changes }, base, input);
  const findings = withWhole(
    outcomes.flatMap((outcome) => outcome.findings),
    whole,
  );
  append(findings, await changeFindings(past, input));
  append(findings, ofRepository(input.repository, input));
  return {
    ...toldApart(findings, past, input),
    targets: outcomes,
    crashed: whole.crashed || outcomes.some(({ crashed }) => crashed),
    unknown: past.unknown,
  };
}

function mayHaveChanged({ closure }: RenderedTarget, changes: Changes | undefined): boolean {
  if (changes === undefined || closure === undefined || closure.unknownFields.length > 0) return true;
  return closure.files.some((file) => changes.touches(file, aspects.content));
}

/** The findings about the changes themselves. */
async function changeFindings({ issues, gone }: Since, input: GateInput): Promise<Finding[]> {
  const stdin = input.targets.some(({ kind }) => kind === "stdin") ? await readStdin() : undefined;
  const sources = new Sources(input.cwd, stdin && "text" in stdin ? stdin.text : undefined);
  const found: Finding[] = [];
  for (const target of [...input.targets, ...gone]) {
    const one = { target, issues: [...(issues.get(target.path) ?? [])] };
    if (one.issues.length > 0) append(found, findingsOf(one, await sources.locate(one), bookOf(target, input)));
  }
  return found;
}

/** Applies waivers on both sides, and tells new findings from old ones. */
function toldApart(findings: readonly Finding[], past: Since, input: GateInput) {
  const before = waive(sorted(past.findings), past.waivers ?? input.waivers, input, past);
  return markNew(waiveByChange(waive(sorted(findings), input.waivers, input, past), past, input), before);
}

/** The rule that a change may waive itself, so that reviewers see that the deletions are intended. */
const ofChange = "gitops/deletion-budget";

/**
 * In CI, the waivers may be those of the base; but only the change itself can state that its deletions are intended.
 */
function waiveByChange(findings: readonly Finding[], past: Since, input: GateInput): readonly Finding[] {
  const own = input.ownWaivers?.waivers.filter(({ rule }) => rule === ofChange) ?? [];
  return own.reduce<readonly Finding[]>((all, waiver) => {
    const marked = waive(all, { ...noWaivers, waivers: [waiver] }, input, past);
    return all.map((finding, index) => {
      if (finding.waived || marked[index]?.waived !== true) return finding;
      return {
        ...finding,
        waived: true,
        help: `Waived by this change: ${waiver.reason} (${waiver.owner}, until ${waiver.expires})`,
      };
    });
  }, findings);
}
