import { amount } from "../../core/amount.ts";
import { code, escapeMarkdown, room } from "../../report/markdown.ts";
import { shortened } from "../../report/words.ts";
import { type Alarm, alarmOf, type Effect, rankOf } from "../effect.ts";
import type { ChangedField, DiffReport, TargetChange } from "../report.ts";
import { changesByTargets, type SharedChange, type TargetsChange } from "./by-targets.ts";
import { forecastByTargets, type Happening, type TargetsForecast } from "./forecast.ts";
import type { DiffContext } from "./format.ts";
import {
  authorOf,
  counted,
  dangers,
  type Failure,
  failed,
  fateOf,
  namesOf,
  sidesOf,
  statusOf,
  tellingEffects,
  valueTexts,
} from "./words.ts";

/** Characters reserved for the sentence that says what was left out. */
const reserve = 512;
const longest = { text: 1000, value: 120, name: 300 };
const most = { fields: 50, warnings: 50, reasons: 20 };

/**
 * A comment on a pull request: dangerous changes first, then the folded details of each target. It never exceeds the maximum
 * length of a comment: the least dangerous changes are left out, and counted.
 *
 * @param space number of characters, if the report is only a part of a comment
 */
export function markdown(report: DiffReport, _: DiffContext, space = room): string {
  const groups = changesByTargets(report);
  const forecast = forecastByTargets(report);
  const head = [headline(report), ...warnings(groups, forecast)].join("\n");
  return fitted(head, [...forecast.map(forecastBlock), ...groups.map(blockOf)], space);
}

function headline(report: DiffReport): string {
  const { summary } = report;
  const danger = dangers(summary);
  const broken = summary.targets.error > 0 ? "🔴" : markOf(gravest(report));
  return `### ${broken} ${counted(summary)}\n\n${danger === "" ? "Nothing that runs is affected" : `**${danger}**`} (${escapeMarkdown(sidesOf(report))})`;
}

function gravest({ changes }: DiffReport): Effect {
  const found = changes.flatMap(({ effects }) => effects);
  return found.reduce<Effect>((worst, effect) => (rankOf(effect) < rankOf(worst) ? effect : worst), "none");
}

const marks: Readonly<Record<Alarm, string>> = { danger: "🔴", caution: "🟡", change: "🔵", none: "⚪" };

const markOf = (effect: Effect) => marks[alarmOf(effect)];

const isGrave = ({ effects: [first = "none"] }: SharedChange) => alarmOf(first) === "danger";

/** Warnings that nobody may overlook; they come before all folded parts. */
function warnings(groups: readonly TargetsChange[], forecast: readonly TargetsForecast[]): string[] {
  const grave = [
    ...groups.flatMap(({ targets, changes }) => changes.filter(isGrave).map((one) => warning(one, targets))),
    ...forecast.flatMap(({ targets, happenings }) =>
      happenings.filter(({ gravity }) => gravity === "outage").map((one) => outage(one, targets)),
    ),
  ];
  if (grave.length === 0) return [];
  const left = grave.length - most.warnings;
  return ["", ...grave.slice(0, most.warnings), ...(left > 0 ? [`- and ${left} more`] : [])];
}

function outage({ resource, words }: Happening, targets: readonly TargetChange[]): string {
  return `- 🔴 **meanwhile** ${code(resource)} in ${prose(namesOf(targets))}: ${prose(words)}`;
}

function forecastBlock({ targets, happenings }: TargetsForecast): Block {
  const title = prose(shortened(namesOf(targets), longest.name));
  const items = happenings.map(
    ({ resource, words, gravity }) => `\n- ${gravity === "step" ? "🟡" : "🔴"} ${code(resource)}: ${prose(words)}`,
  );
  return { open: `\n\n<details><summary>Meanwhile in ${title}</summary>\n`, items };
}

function warning(change: SharedChange, targets: readonly TargetChange[]): string {
  const [first = "none"] = change.effects;
  const why = change.reasons.find(({ effect }) => effect === first);
  const words = why === undefined ? "" : `: ${prose(why.message)}`;
  return `- ${markOf(first)} **${first}** ${code(change.resource)} in ${prose(namesOf(targets))}${words}`;
}

function prose(text: string): string {
  return escapeMarkdown(shortened(text, longest.text));
}

/** A folded part about some targets; it is left out if none of its items fits. */
interface Block {
  readonly open: string;
  readonly items: readonly string[];
}

function blockOf({ targets, failures, changes }: TargetsChange): Block {
  const title = `${prose(shortened(namesOf(targets), longest.name))}: ${prose(statusOf(targets))}`;
  const size = changes.length === 0 ? "" : `, ${amount(changes.length, "object")}`;
  return {
    open: `\n\n<details><summary>${title}${size}</summary>\n`,
    items: [...failures.map(problemItem), ...changes.map(item)],
  };
}

function problemItem(failure: Failure): string {
  const { message, help, file } = failure;
  const place = file === undefined ? "" : ` ${code(file)}`;
  return `\n- 🔴 ${failed(failure)}${place}: ${prose(message)}${help === undefined ? "" : ` → ${prose(help)}`}`;
}

const verbs = { added: "➕", removed: "➖", changed: "" };

function item(change: SharedChange): string {
  const effects = tellingEffects(change).join(", ");
  const fate = fateOf(change);
  const head = [
    markOf(change.effects[0] ?? "none"),
    verbs[change.action],
    code(change.resource),
    effects && `**${effects}**`,
  ];
  const left = change.fields.length - most.fields;
  const lines = [
    `${head.filter(Boolean).join(" ")}${fate === "" ? "" : ` (${prose(fate)})`}`,
    ...change.fields.slice(0, most.fields).map(fieldLine),
    ...(left > 0 ? [`and ${amount(left, "more field")}`] : []),
    ...change.reasons
      .slice(0, most.reasons)
      .map(({ message, help }) => `${prose(message)}${help ? ` → ${prose(help)}` : ""}`),
  ];
  return `\n- ${lines.join("\n  - ")}`;
}

function fieldLine({ path, before, after, file, line, by }: ChangedField): string {
  const [was, is] = valueTexts(before, after, longest.value).map(code);
  const place = file === undefined ? "" : ` (${code(line === undefined ? file : `${file}:${line}`)})`;
  return `${code(path)}: ${was} → ${is}${place}${by === undefined ? "" : `, ${prose(authorOf(by))}`}`;
}

const close = "\n\n</details>";

/** Counts what is left out: a shortened comment must not look complete. */
function fitted(head: string, blocks: readonly Block[], space: number): string {
  let text = shortened(head, space / 2);
  let left = 0;
  for (const { open, items } of blocks) {
    let body = "";
    for (const one of items) {
      const size = text.length + open.length + body.length + one.length + close.length;
      if (left > 0 || size > space - reserve) left++;
      else body += one;
    }
    if (body !== "") text += open + body + close;
  }
  if (left === 0) return `${text}\n`;
  return `${text}\n\n**${amount(left, "more object")} cut: a comment holds ${room} characters. The run has the full report.**\n`;
}
