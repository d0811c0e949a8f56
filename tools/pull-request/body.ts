import { listed } from "../core/listed.ts";
import { markdown as diffMarkdown } from "../diff/formats/markdown.ts";
import type { DiffReport } from "../diff/report.ts";
import { markdown as checkMarkdown, code, escapeMarkdown, room } from "../report/markdown.ts";
import type { ReportContext } from "../report/report.ts";
import { rules } from "../validate/rules.ts";
import type { Artifact } from "./artifact.ts";
import type { Pull, Run } from "./event.ts";

/** The invisible first line of the comment, by which later runs find it. */
export const marker = "<!-- gitops: what a change does -->";

/** The content of a comment. */
interface Content {
  readonly artifact: Artifact;
  readonly run: Run;
  readonly pull: Pull;
  /** The files that decide the result of the check and that the pull request changes, according to GitHub. */
  readonly judges: readonly string[];
  /** Whether GitHub lists all files that the pull request changes. */
  readonly complete: boolean;
}

/**
 * The text of the comment, within the maximum length: first a warning if the change edits what checks it, then the effects of the
 * change, then the findings. All text that is not from this program is escaped.
 */
export function bodyOf({ artifact, run, pull, judges, complete }: Content): string {
  const head = [marker, ...notice(judges, complete, pull)].join("\n\n");
  const foot = `\n\n<sub>${escapeMarkdown(pull.sha.slice(0, 7))} merged into ${escapeMarkdown(pull.base)}; see [the run](${encodeURI(run.url)}).</sub>\n`;
  const left = room - head.length - foot.length - separator.length * 2;
  const check = checkOf(artifact, run);
  const changes = changesOf(artifact, pull);
  // Each part may use what the other leaves over, and at least half of the space.
  const found = check(Math.max(left / 2, left - changes(left).length));
  return [head, changes(left - found.length), found].join(separator) + foot;
}

const separator = "\n\n";

/** A warning about edits of the rules themselves: they take effect after the merge and must not be overlooked. */
function notice(judges: readonly string[], complete: boolean, { base }: Pull): string[] {
  if (judges.length === 0 && complete) return [];
  const edits = judges.length > 0 ? [`**This change edits its own checks**: ${listed(judges.map(code), 20)}.`] : [];
  const unlisted = complete ? [] : [unknownFiles];
  const rest = `It was checked with the versions in ${escapeMarkdown(base)}; edits of the checks need a human review.`;
  return [`> [!WARNING]\n> ${[...edits, ...unlisted, rest].join(" ")}`];
}

const unknownFiles =
  "**Not all files of this change are known**: GitHub lists at most 3,000, and the others may include files of its own checks.";

type Fitting = (space: number) => string;

function checkOf({ check }: Artifact, { failed }: Run): Fitting {
  if (check === undefined) return () => "### ❌ The gate could not run: see the log of the run";
  // Markdown shows details only for validation rules.
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  const context: ReportContext = { colours: false, failed, failOn: "error", rules: known, folder: "" };
  return (space) => checkMarkdown(check, context, space).trimEnd();
}

function changesOf({ diff }: Artifact, { base, sha }: Pull): Fitting {
  if (diff === undefined) return () => "### ❌ The change could not be compared with its base: see the log of the run";
  const named: DiffReport = { ...diff, base, head: sha.slice(0, 7) };
  return (space) => diffMarkdown(named, { colours: false, objects: [] }, space).trimEnd();
}
