import { UserError } from "../core/errors.ts";

/** The number of context lines for `diff`: enough to print whole files. */
export const wholeFiles = 100_000_000;

/** The content of one file on both sides. */
export interface FilePair {
  readonly before: string;
  readonly after: string;
}

const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/**
 * Extracts both sides of each file that differs from the output of `diff -u -N` on two folders, with {@link wholeFiles} lines of
 * context. Counting lines avoids mistaking content for a header.
 * https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
 *
 * @throws UserError if the output ends too early
 */
export function filesOf(text: string): FilePair[] {
  const lines = text.split("\n");
  const pairs: FilePair[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, olds = "1", news = "1"] = hunk.exec(lines[at] ?? "") ?? [undefined, undefined, undefined];
    if (!hunk.test(lines[at] ?? "")) continue;
    const { pair, next } = hunkAt(lines, at + 1, Number(olds), Number(news));
    pairs.push(pair);
    at = next - 1;
  }
  return pairs;
}

function hunkAt(lines: readonly string[], start: number, olds: number, news: number) {
  const [before, after]: [string[], string[]] = [[], []];
  let at = start;
  for (; before.length < olds || after.length < news; at++) {
    const line = lines[at];
    const [mark, rest] = [line?.[0], line?.slice(1) ?? ""];
    if (mark === " " || mark === "-") before.push(rest);
    if (mark === " " || mark === "+") after.push(rest);
    if (mark === undefined || !" -+\\".includes(mark)) throw new UserError("the output of kubectl diff ends too early");
  }
  return { pair: { before: before.join("\n"), after: after.join("\n") }, next: at };
}
