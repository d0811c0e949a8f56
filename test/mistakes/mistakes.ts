import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parse, parseDocument } from "yaml";
import type { Report } from "../../tools/report/report.ts";

/** A replacement of text in one file of an application that is correct without it. */
export interface Mistake {
  readonly title: string;
  readonly file: string;
  readonly old: string;
  readonly new: string;
  /** How many occurrences of `old` are replaced, from the first one on; default: 1. */
  readonly times?: number;
  /** The rules that find it: they have more errors or warnings than in the correct application. Not if `missed`. */
  readonly finds?: readonly string[];
  readonly missed?: true;
  /** What it depends on, if no rule can find it in the files alone. */
  readonly why?: "program" | "cluster";
}

/** A correct application, and mistakes in it. */
export interface Application {
  readonly name: string;
  readonly folder: string;
  /** The URL of the repository that it is in, for what names it. */
  readonly remote?: string;
  readonly mistakes: readonly Mistake[];
}

/** What a mistake changed in the report. */
export interface Result {
  readonly mistake: Mistake;
  readonly finds: readonly string[];
}

/** Runs the gate in a folder. */
export type Check = (folder: string) => Promise<Report>;

/**
 * All applications with their tables, `NAME/` and `NAME.yaml`.
 *
 * @param only the name of one of them.
 */
export function readApplications(folder: string, only?: string): Application[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  const all = names.map((file) => {
    const name = basename(file, ".yaml");
    const table = parse(readFileSync(join(folder, file), "utf8")) as Pick<Application, "remote" | "mistakes">;
    return { name, folder: join(folder, name), ...table };
  });
  const chosen = all.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0)
    throw new Error(`there is no application ${only}: ${all.map(({ name }) => name).join(", ")}`);
  return chosen;
}

/** The text of a file with a mistake in it. */
export function withMistake(text: string, { old, new: wrong, times = 1 }: Mistake): string {
  const parts = text.split(old);
  if (parts.length <= times) throw new Error(`"${old}" occurs less than ${times} times`);
  return [parts.slice(0, times + 1).join(wrong), ...parts.slice(times + 1)].join(old);
}

/**
 * Makes each mistake in a copy of the application, several at once, each in a copy of its own.
 *
 * @throws Error if the application has an error without them.
 */
export async function tryMistakes(
  application: Application,
  { check, jobs = 1, mistakes = application.mistakes }: { check: Check; jobs?: number; mistakes?: readonly Mistake[] },
): Promise<Result[]> {
  const waiting = [...mistakes.entries()];
  const results: Result[] = [];
  const before = await inCopy(application, check);
  const error = before.findings.find(({ severity }) => severity === "error");
  if (error !== undefined)
    throw new Error(`${application.name}: an error without any mistake: ${error.rule} ${error.file}: ${error.message}`);
  const work = async (copy: string) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, mistake] = next;
      const file = join(copy, mistake.file);
      const text = readFileSync(file, "utf8");
      writeFileSync(file, withMistake(text, mistake));
      results[at] = { mistake, finds: addedRules(before, await check(copy)) };
      writeFileSync(file, text);
    }
  };
  await Promise.all(Array.from({ length: jobs }, () => inCopy(application, work)));
  return results;
}

/** Does something with a copy of the application in a repository of its own. */
async function inCopy<T>({ folder, remote }: Application, use: (copy: string) => Promise<T>): Promise<T> {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), "gitops-mistakes-")));
  try {
    cpSync(folder, copy, { recursive: true });
    execFileSync("git", ["init", "--quiet"], { cwd: copy });
    if (remote !== undefined) execFileSync("git", ["remote", "add", "origin", remote], { cwd: copy });
    return await use(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** The rules with more errors or warnings: a mistake may rename objects, so that the findings themselves differ. */
function addedRules(before: Report, after: Report): string[] {
  const old = countsOf(before);
  const added = [...countsOf(after)].filter(([key, count]) => count > (old.get(key) ?? 0));
  return [...new Set(added.map(([key]) => key.split(" ")[0] ?? ""))].sort();
}

function countsOf({ findings }: Report): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { rule, severity } of findings)
    if (severity !== "info") counts.set(`${rule} ${severity}`, (counts.get(`${rule} ${severity}`) ?? 0) + 1);
  return counts;
}

/** What differs from the tables: a rule that no longer finds a mistake, or a missed mistake that is found. */
export function differences(results: readonly Result[]): string[] {
  return results.flatMap(({ mistake, finds }) => {
    const lost = (mistake.finds ?? []).filter((rule) => !finds.includes(rule));
    if (lost.length > 0) return [`${mistake.title}: no longer found by ${lost.join(", ")}`];
    if (mistake.missed && finds.length > 0)
      return [`${mistake.title}: found now, by ${finds.join(", ")}; --update corrects the table`];
    return [];
  });
}

/** Writes into a table which rules find its mistakes; everything else stays. */
export function updated(table: string, results: readonly Result[]): string {
  const document = parseDocument(table);
  for (const [at, { finds }] of results.entries()) {
    for (const key of finds.length > 0 ? ["missed", "why"] : ["finds"]) document.deleteIn(["mistakes", at, key]);
    if (finds.length === 0) document.setIn(["mistakes", at, "missed"], true);
    else document.setIn(["mistakes", at, "finds"], document.createNode(finds, { flow: finds.join(", ").length < 100 }));
  }
  // Without spaces in brackets, and without folding: as the formatter writes it.
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
