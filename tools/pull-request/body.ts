import { listed } from "../core/listed.ts";
import { markdown as diffMarkdown } from "../diff/formats/markdown.ts";
import type { DiffReport } from "../diff/report.ts";
import { markdown as checkMarkdown, code, escapeMarkdown, room } from "../report/markdown.ts";
import type { ReportContext } from "../report/report.ts";
import { rules } from "../validate/rules.ts";
import type { Artifact } from "./artifact.ts";
import type { Pull, Run } from "./event.ts";

/** Begins the one comment, and is seen by nobody. */
export const marker = "<!-- gitops: what a change does -->";

/** All that a comment tells. */
export interface Told {
  readonly artifact: Artifact;
  readonly run: Run;
  readonly pull: Pull;
  /** Files of what judges that the pull request changes, as GitHub lists them. */
  readonly judges: readonly string[];
  /** Whether GitHub lists all that the pull request changes. */
  readonly complete: boolean;
}

/**
 * The comment, within the room that one has: what judges is first if it is changed, then what the change does, then what was
 * found. Everything that is not of this program is escaped.
 */
export function bodyOf({ artifact, run, pull, judges, complete }: Told): string {
  const head = [marker, ...notice(judges, complete, pull)].join("\n\n");
  const foot = `\n\n<sub>${escapeMarkdown(pull.sha.slice(0, 7))} merged into ${escapeMarkdown(pull.base)}, as [the run](${encodeURI(run.url)}) has it.</sub>\n`;
  const left = room - head.length - foot.length - separator.length * 2;
  const check = checkOf(artifact, run);
  const changes = changesOf(artifact, pull);
  // Each may take what the other leaves, and half of it at any rate.
  const found = check(Math.max(left / 2, left - changes(left).length));
  return [head, changes(left - found.length), found].join(separator) + foot;
}

const separator = "\n\n";

/** What a change does to what judges it counts once it is merged; that it does must not be overlooked. */
function notice(judges: readonly string[], complete: boolean, { base }: Pull): string[] {
  if (judges.length === 0 && complete) return [];
  const edits = judges.length > 0 ? [`**This change edits what judges it**: ${listed(judges.map(code), 20)}.`] : [];
  const unlisted = complete ? [] : [unknownFiles];
  const rest = `It was judged by what ${escapeMarkdown(base)} has; what it changes of that is for people to judge.`;
  return [`> [!WARNING]\n> ${[...edits, ...unlisted, rest].join(" ")}`];
}

const unknownFiles =
  "**Not all files of this change are known**: GitHub lists no more than 3,000, and files of what judges it may be among the others.";

type Fitting = (space: number) => string;

function checkOf({ check }: Artifact, { failed }: Run): Fitting {
  if (check === undefined) return () => "### ❌ The gate could not run: the log of the run says why";
  // Of the rules, only those of validation show in Markdown.
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  const context: ReportContext = { colours: false, failed, failOn: "error", rules: known, folder: "" };
  return (space) => checkMarkdown(check, context, space).trimEnd();
}

function changesOf({ diff }: Artifact, { base, sha }: Pull): Fitting {
  if (diff === undefined)
    return () => "### ❌ The change could not be compared with its base: the log of the run says why";
  const named: DiffReport = { ...diff, base, head: sha.slice(0, 7) };
  return (space) => diffMarkdown(named, { colours: false, objects: [] }, space).trimEnd();
}
