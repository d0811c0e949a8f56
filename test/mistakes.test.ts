import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { registry } from "../tools/gate/registry.ts";
import { withFigures } from "./mistakes/figures.ts";
import {
  type Application,
  differences,
  type Mistake,
  readApplications,
  tryMistakes,
  updated,
  withMistake,
} from "./mistakes/mistakes.ts";
import { check, repository } from "./run.ts";

const applications = readApplications(join(import.meta.dirname, "mistakes"));
const rules = registry([]);

describe.each(applications)("the mistakes in $name", (application) => {
  const { folder, mistakes } = application;

  it("have titles of their own", () => {
    const titles = mistakes.map(({ title }) => title);
    expect(titles).toEqual([...new Set(titles)]);
  });

  it("are different", () => {
    const edits = mistakes.map((one) => JSON.stringify([one.file, one.old, one.new]));
    expect(edits).toEqual([...new Set(edits)]);
  });

  it.each(mistakes)("$title", (mistake) => {
    const file = join(folder, mistake.file);
    expect(existsSync(file)).toBe(true);
    const text = readFileSync(file, "utf8");
    expect(withMistake(text, mistake)).not.toBe(text);
    // It is found by rules that exist, or missed; a reason is only given if it is missed.
    expect(mistake.finds === undefined).toBe(mistake.missed === true);
    expect(mistake.finds?.filter((id) => !rules.has(id)) ?? []).toEqual([]);
    if (mistake.why !== undefined) expect([mistake.missed, mistake.why]).toEqual([true, expect.stringMatching(whys)]);
  });
});

const firstFound = ({ mistakes }: Application) => mistakes.find(({ finds }) => finds !== undefined) as Mistake;

const whys = /^(program|cluster)$/;

// npm run test:mistakes tries all of them.
it.concurrent.each(applications)("a mistake in $name is found", async (application) => {
  const mistake = firstFound(application);
  const text = readFileSync(join(application.folder, mistake.file), "utf8");
  const cwd = repository({ [mistake.file]: withMistake(text, mistake) }, application.folder);
  const { report } = await check([], { cwd });
  expect(report.findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining([...(mistake.finds ?? [])]));
});

it("tries mistakes in a copy of a correct application", async () => {
  const application = applications.find(({ name }) => name === "agent") as Application;
  const mistake = firstFound(application);
  const mistakes = [mistake, { ...mistake, new: mistake.old }];
  const report = async (cwd: string) => (await check([], { cwd })).report;
  const results = await tryMistakes(application, { check: report, mistakes, jobs: 2 });
  expect(results.map(({ finds }) => finds)).toEqual([mistake.finds, []]);
});

it("differs from the table if a rule no longer finds a mistake, or a missed one is found", () => {
  const mistake = { title: "a typo", file: "a.yaml", old: "a", new: "b" };
  const found: Mistake = { ...mistake, finds: ["link/target-port", "link/probe-port"] };
  expect(differences([{ mistake: found, finds: ["link/target-port"] }])).toEqual([
    "a typo: no longer found by link/probe-port",
  ]);
  expect(differences([{ mistake: { ...mistake, missed: true }, finds: ["link/probe-port"] }])).toEqual([
    "a typo: found now, by link/probe-port; --update corrects the table",
  ]);
  expect(differences([{ mistake: found, finds: [...(found.finds ?? []), "apply/port"] }])).toEqual([]);
});

it("updates what finds a mistake, and nothing else", () => {
  const mistake = { title: "a typo", file: "a.yaml", old: "a", new: "b" };
  const table = (data: string) => `# About it.\n\nmistakes:\n  - title: a typo\n    file: a.yaml\n    ${data}\n`;
  const missed = table("missed: true\n    why: program");
  const found = table("finds: [link/probe-port]");
  expect(updated(missed, [{ mistake, finds: ["link/probe-port"] }])).toBe(found);
  expect(updated(missed, [{ mistake, finds: [] }])).toBe(missed);
  expect(updated(found, [{ mistake, finds: [] }])).toBe(table("missed: true"));
});

it("docs/mistakes.md has the figures of the tables", () => {
  const text = readFileSync(join(import.meta.dirname, "../docs/mistakes.md"), "utf8");
  expect(text).toBe(withFigures(text, applications));
});
