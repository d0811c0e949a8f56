import { diffArrays } from "diff";
import { amount } from "../../core/amount.ts";
import type { Json } from "../../core/json.ts";
import { canonicalValue } from "../../render/canonical.ts";
import type { Style } from "../../report/style.ts";
import { visible, visibleLines } from "../../report/style.ts";
import { fromDifference, shortened } from "../../report/words.ts";

/** The minimum terminal width for two columns. */
export const wide = 120;
const most = 24;

type Row = readonly [before: string | undefined, after: string | undefined];

/**
 * Two values side by side, line by line, with common lines on the same row.
 *
 * @param columns width of the terminal
 * @param indent width of the left margin
 */
export function sideBySide(before: Json, after: Json, columns: number, indent: number, paint: Style): string[] {
  const width = Math.floor((columns - indent - 3) / 2);
  const rows = rowsOf(linesOf(before), linesOf(after));
  const shown = rows.slice(0, most).map(([was = "", is = ""]) => {
    const [first, second] = was === is ? [was, is] : fromDifference(was, is, width);
    const [left, right] = [shortened(first, width).padEnd(width), shortened(second, width)];
    return was === is
      ? `${left} ${paint.dim("│")} ${right}`
      : `${paint.red(left)} ${paint.dim("│")} ${paint.green(right)}`;
  });
  const rest = rows.length > most ? [paint.dim(`and ${amount(rows.length - most, "more line")}`)] : [];
  return [...shown, ...rest].map((line) => " ".repeat(indent) + line.trimEnd());
}

function linesOf(value: Json): string[] {
  if (value === null) return [];
  const text = typeof value === "string" ? value : canonicalValue(value as never);
  return visibleLines(text).replace(/\n$/, "").split("\n").map(visible);
}

function rowsOf(before: string[], after: string[]): Row[] {
  const rows: Row[] = [];
  let removed: string[] = [];
  const flush = (added: readonly string[] = []) => {
    const height = Math.max(removed.length, added.length);
    for (let index = 0; index < height; index++) rows.push([removed[index], added[index]]);
    removed = [];
  };
  for (const { value, added, removed: isRemoved } of diffArrays(before, after)) {
    if (isRemoved) removed = value;
    else if (added) flush(value);
    else {
      flush();
      for (const line of value) rows.push([line, line]);
    }
  }
  flush();
  return rows;
}
