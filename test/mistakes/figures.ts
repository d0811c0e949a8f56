import type { Application, Mistake } from "./mistakes.ts";

/** The columns of the table of applications. */
const columns: Readonly<Record<string, (mistake: Mistake) => boolean>> = {
  mistakes: () => true,
  found: ({ missed }) => !missed,
  missed: ({ missed }) => missed === true,
  "the program decides": ({ missed, why }) => missed === true && why === "program",
  "the cluster decides": ({ missed, why }) => missed === true && why === "cluster",
  "no rule yet": ({ missed, why }) => missed === true && why === undefined,
};

/** How many mistakes of each application are found, as a Markdown table. */
export function figuresOf(applications: readonly Application[]): string {
  const row = (name: string, mistakes: readonly Mistake[]) => [
    name,
    ...Object.values(columns).map((counts) => `${mistakes.filter(counts).length}`),
  ];
  const rows = applications.map(({ name, mistakes }) => row(name, mistakes));
  const all = applications.flatMap(({ mistakes }) => mistakes);
  return markdown([["application", ...Object.keys(columns)], ...rows, ...(rows.length > 1 ? [row("all", all)] : [])]);
}

/** The ten rules that find most mistakes, as a Markdown table. */
export function rulesOf(applications: readonly Application[]): string {
  const counts = new Map<string, number>();
  for (const rule of applications.flatMap(({ mistakes }) => mistakes.flatMap(({ finds = [] }) => finds)))
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const most = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, 10);
  return markdown([["rule", "mistakes"], ...most.map(([rule, count]) => [rule, `${count}`])]);
}

/** A text with the figures of the applications between its marks. */
export function withFigures(text: string, applications: readonly Application[]): string {
  const parts = { figures: figuresOf(applications), rules: rulesOf(applications) };
  return Object.entries(parts).reduce(
    (all, [mark, part]) =>
      all.replace(
        new RegExp(`(<!-- ${mark} -->\n)[^]*?(\n<!-- end -->)`),
        (_, start, end) => `${start}\n${part}${end}`,
      ),
    text,
  );
}

function markdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => (row[at] ?? "").length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, at) => (at === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return `${[line(head), line(rule), ...rows.map(line)].join("\n")}\n`;
}
