import { amount } from "../core/amount.ts";
import { unrendered } from "../load/messages.ts";
import { type Advice, readsOutside, type Unread } from "./advice.ts";
import { type Distinct, distinctByFile, type FileFindings, occurrences } from "./distinct.ts";
import type { Report, ReportContext } from "./report.ts";
import { visible, visibleLines } from "./style.ts";
import { type Suite, suitesOf } from "./suites.ts";
import { type Unknown, unknownKind, withoutUnknown } from "./unknown.ts";
import { conditions, counted, found, shortened, sizeOf } from "./words.ts";

/** The most characters of a comment on GitHub; the summary of a step may be longer. */
export const room = 65_536;
/** Reserved for the sentence about omitted findings. */
const reserve = 256;
const longest = { text: 1500, name: 300 };
const rows = 100;

/**
 * A comment on a pull request, or the summary of a run: the targets, and the findings by the file to fix.
 *
 * @param space the most characters, if the report is only a part of a comment.
 */
export function markdown(report: Report, { failed, rules }: ReportContext, space = room): string {
  const head = [
    `### ${failed ? "❌" : "✅"} ${escapeMarkdown(counted(report))}`,
    conditions(report),
    ...table(report, space),
    ...unrendered(report).map((note) => `⚠️ ${text(note)}`),
  ];
  const known = new Set(report.targets.map(({ path }) => path));
  const { rest, unknown } = withoutUnknown(report.findings, rules);
  const unread = readsOutside(report.findings);
  const advice = [...(unread ? [outside(unread)] : []), ...(unknown ? [unknownKinds(unknown)] : [])];
  const pieces = distinctByFile(rest).flatMap((file) => piecesOf(file, known));
  // The advice that fixes most findings comes first, as the end may be cut, unless it takes half the space.
  const [first, last] = [
    advice.filter(({ item }) => item.length < space / 2),
    advice.filter(({ item }) => item.length >= space / 2),
  ];
  return fitted(head.join("\n\n"), [...first, ...pieces, ...last], space);
}

/** Counts the omitted findings: a truncated comment must not look complete. */
function fitted(head: string, pieces: readonly Piece[], space: number): string {
  let text = head;
  for (const [index, { heading, item }] of pieces.entries()) {
    const piece = `${heading}${item}`;
    if (text.length + piece.length > space - reserve) {
      const left = amount(pieces.length - index, "more finding");
      return `${text}\n\n**${left} cut: a comment is limited to ${room} characters. The run log has all of them.**\n`;
    }
    text += piece;
  }
  return `${text}\n`;
}

/** A finding; the first one of a file has a heading. */
interface Piece {
  readonly heading: string;
  readonly item: string;
}

function piecesOf({ file, distinct }: FileFindings, known: ReadonlySet<string>): Piece[] {
  const heading = `\n\n#### ${code(file)}\n`;
  return distinct.map((one, index) => ({ heading: index === 0 ? heading : "", item: `\n${item(one, known)}` }));
}

function unknownKinds({ size, severity, lines, advice }: Unknown): Piece {
  const all = [`- ${marks[severity]} ${severity} ${code(unknownKind)}`, ...lines.map(text)];
  const item = [all.join("<br>\n  "), ...advice.map(advised)].join("\n\n");
  return { heading: `\n\n#### ${size}\n`, item: `\n${item}` };
}

function outside({ size, advice }: Unread): Piece {
  return { heading: `\n\n#### ${size}\n`, item: `\n${advised(advice)}` };
}

/** Advice with lines to copy. Names of API groups and projects cannot end a code fence. */
function advised({ help, setting }: Advice): string {
  return [`→ ${text(help)}`, "", "```yaml", ...setting.split("\n").map(visible), "```"].join("\n");
}

/** The targets; if there are many, only those that are not clean. The table takes at most half the space. */
function table(report: Report, space: number): string[] {
  const suites = suitesOf(report);
  const telling = suites.filter(({ target, findings }) => target.status !== "valid" || findings.length > 0);
  const shown = fittingRows((suites.length > rows ? telling.slice(0, rows) : suites).map(row), space);
  const left = suites.length - shown.length;
  const clean = telling.length > shown.length ? "" : ", all clean";
  return [
    ...(shown.length > 0 ? [["| | target | checked | found |", "|---|---|---|---|", ...shown].join("\n")] : []),
    ...(left > 0 ? [`and ${amount(left, "more target")}${clean}`] : []),
  ];
}

function fittingRows(all: readonly string[], space: number): string[] {
  let size = 0;
  return all.filter((one) => {
    size += one.length + 1;
    return size < space / 2;
  });
}

function row({ target, findings }: Suite): string {
  const mark = target.status === "valid" ? "✅" : "❌";
  const name = escapeMarkdown(shortened(target.path, longest.name));
  return `| ${mark} | ${name} | ${sizeOf(target, findings)} | ${found(findings)} |`;
}

const marks = { error: "❌", warning: "⚠️", info: "ℹ️" };

function item(distinct: Distinct, known: ReadonlySet<string>): string {
  const { rule, severity, status, waived, line, column, message, help, resource, pointer } = distinct.finding;
  const place = line === undefined ? "" : ` ${line}:${column ?? 1}`;
  const head = `- ${marks[severity]} ${status === "new" ? "**new** " : ""}${waived ? "waived" : severity}${place} ${code(rule)}`;
  const where = [resource, pointer].filter(Boolean).join(" ");
  const elsewhere = occurrences(distinct, known);
  const lines = [
    where ? `${head} ${code(where)}` : head,
    text(message),
    ...(help ? [`→ ${text(help)}`] : []),
    ...(elsewhere ? [text(elsewhere)] : []),
  ];
  return lines.join("<br>\n  ");
}

function text(words: string): string {
  return escapeMarkdown(shortened(words, longest.text));
}

/** A code span whose fence is longer than any in the text. https://spec.commonmark.org/0.31.2/#code-spans */
export function code(words: string): string {
  const shown = visible(shortened(words, longest.name));
  const fence = "`".repeat(1 + Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length)));
  return fence.length === 1 ? `\`${shown}\`` : `${fence} ${shown} ${fence}`;
}

/**
 * Literal text for a paragraph, an item or a cell: no code, emphasis, link, HTML or cell starts in it, since character
 * references are never structure.
 * https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references
 */
export function literal(words: string): string {
  return visibleLines(words)
    .replace(/[\\`*_[\]<>&|~$]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll("\n", "<br>");
}

/** Where GitHub would make a mention, a reference, a link or an emoji; `&#` only comes from {@link literal}. */
const linked = /(?<=@)(?=\w)|(?<=(?<!&)#|GH-)(?=\d)|(?<=:)(?=\/\/|[\w+-]{1,64}:)|(?<=www)(?=\.)/gi;

/** As {@link literal}, with a zero-width space in what GitHub would turn into a link or a mention. */
export function escapeMarkdown(words: string): string {
  return literal(words).replace(linked, "&#8203;");
}
