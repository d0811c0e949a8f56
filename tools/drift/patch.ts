import { UserError } from "../core/errors.ts";

/** How many lines around a difference `diff` prints: all there are. */
export const wholeFiles = 100_000_000;

/** One file on both sides. */
export interface FilePair {
  readonly before: string;
  readonly after: string;
}

const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/**
 * Both sides of every file that differs, out of what `diff -u -N` prints of two folders with {@link wholeFiles}. Lines are
 * counted, so that no content is taken for a header.
 * https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
 *
 * @throws UserError where it is no such output
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
    if (mark === undefined || !" -+\\".includes(mark)) throw new UserError("what kubectl diff printed ends too early");
  }
  return { pair: { before: before.join("\n"), after: after.join("\n") }, next: at };
}
