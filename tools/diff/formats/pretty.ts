import type { Json } from "../../core/json.ts";
import { type Style, style, visible, visibleLines } from "../../report/style.ts";
import { alarmOf, type Effect, effects, rankOf } from "../effect.ts";
import type { ChangedField, DiffReport } from "../report.ts";
import { changesByTargets, type SharedChange, type TargetsChange } from "./by-targets.ts";
import { forecastByTargets, type TargetsForecast } from "./forecast.ts";
import type { DiffReporter } from "./format.ts";
import { sideBySide, wide } from "./side-by-side.ts";
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
  valueText,
  valueTexts,
} from "./words.ts";

/** For a terminal: most dangerous first, changes shared by several targets once, unchanged targets only counted. */
export const pretty: DiffReporter = (report, { colours, columns = 0 }) => {
  const paint = style(colours);
  const blocks = changesByTargets(report).map((one) => block(one, columns, paint));
  const forecast = forecastByTargets(report).map((one) => forecastBlock(one, paint));
  return `${[...blocks, ...forecast, last(report, paint)].join("\n\n")}\n`;
};

/** What happens during the rollout. */
function forecastBlock({ targets, happenings }: TargetsForecast, paint: Style): string {
  const title = `${paint.bold("meanwhile")}  ${paint.dim(visible(namesOf(targets)))}`;
  const lines = happenings.map(({ resource, words, gravity }) => {
    const [mark, text] = [gravity === "step" ? paint.yellow("↻") : paint.red("!"), visible(words)];
    return `  ${mark} ${visible(resource)}  ${gravity === "outage" ? paint.red(text) : text}`;
  });
  return [title, ...lines].join("\n");
}

function block({ targets, failures, changes }: TargetsChange, columns: number, paint: Style): string {
  const title = `${paint.bold(visible(namesOf(targets)))}  ${paint.dim(visible(statusOf(targets)))}`;
  const problems = failures.flatMap((failure) => problemLines(failure, paint));
  return [title, ...problems, ...changes.flatMap((one) => changeLines(one, columns, paint))].join("\n");
}

function problemLines(failure: Failure, paint: Style): string[] {
  const { message, help, file, line } = failure;
  const place = file === undefined ? "" : ` ${visible(line === undefined ? file : `${file}:${line}`)}`;
  const head = `  ${paint.red("✗")} ${failed(failure)}${place}`;
  return [head, ...indented(message), ...(help === undefined ? [] : indented(`→ ${help}`))];
}

function indented(text: string): string[] {
  return visibleLines(text)
    .split("\n")
    .map((line) => `      ${line}`);
}

function changeLines(change: SharedChange, columns: number, paint: Style): string[] {
  const { action, resource, fields, reasons } = change;
  const mark = { added: paint.green("+"), removed: paint.red("-"), changed: paint.yellow("~") }[action];
  const effects = tellingEffects(change).map((effect) => painted(effect, paint));
  const head = [`  ${mark} ${visible(resource)}`, effects.join(", "), paint.dim(visible(fateOf(change)))];
  return [
    head.filter(Boolean).join("  "),
    ...fieldLines(fields, columns, paint),
    ...reasons.flatMap(({ effect, message, help }) => [
      ...indented(message).map((line) => (rankOf(effect) === 0 ? paint.red(line) : paint.dim(line))),
      ...(help === undefined ? [] : indented(`→ ${help}`)),
    ]),
  ];
}

function painted(effect: Effect, paint: Style): string {
  const alarm = alarmOf(effect);
  if (alarm === "danger") return paint.red(effect);
  return alarm === "caution" ? paint.yellow(effect) : effect;
}

const widest = { path: 56, value: 60 };

function fieldLines(fields: readonly ChangedField[], columns: number, paint: Style): string[] {
  const width = Math.min(widest.path, Math.max(0, ...fields.map(({ path }) => visible(path).length)));
  return fields.flatMap(({ path, before, after, file, line, by }) => {
    const place = file === undefined ? "" : `  ${paint.dim(visible(line === undefined ? file : `${file}:${line}`))}`;
    const author = by === undefined ? "" : `  ${paint.dim(visible(authorOf(by)))}`;
    if (columns >= wide && [before, after].some(isLong)) {
      const title = `${" ".repeat(indent)}${visible(path)}${place}${author}`;
      return [title, ...sideBySide(before, after, columns, indent + 2, paint)];
    }
    const [was, is] = valueTexts(before, after, widest.value).map(visible);
    return [`${" ".repeat(indent)}${visible(path).padEnd(width)}  ${was} → ${is}${place}${author}`];
  });
}

const indent = 6;

/** Whether the value would be cut off on one line. */
function isLong(value: Json): boolean {
  return valueText(value).length > widest.value;
}

function last(report: DiffReport, paint: Style): string {
  const { summary } = report;
  const danger = dangers(summary);
  const isGrave = effects.some((effect) => alarmOf(effect) === "danger" && summary.effects[effect] > 0);
  const isBroken = summary.targets.error > 0;
  const mark = isGrave || isBroken ? paint.red("✗") : paint.green("✓");
  return `${mark} ${counted(summary)}${danger === "" ? "" : `; ${danger}`} (${visible(sidesOf(report))})`;
}
