// npm run test:mistakes: makes each mistake in NAME.yaml in a copy of the application NAME/, and compares the rules that find
// it with those in the table. Prints how many are found.
//
//   --app NAME   only this application
//   --update     writes the rules that find each mistake into the tables, and the figures into docs/mistakes.md
//
// Exits with 1 if an application has an error without any mistake, a rule no longer finds a mistake that it should, or a
// mistake that should be missed is found.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cores, kustomize } from "../bench/programs.mjs";
import { load } from "../bundle.mjs";

const root = join(import.meta.dirname, "../..");
const { differences, readApplications, tryMistakes, updated } = await load(join(import.meta.dirname, "mistakes.ts"));
const { figuresOf, rulesOf, withFigures } = await load(join(import.meta.dirname, "figures.ts"));

try {
  const { values } = parseArgs({ options: { app: { type: "string" }, update: { type: "boolean", default: false } } });
  const read = (only) => readApplications(import.meta.dirname, only);
  const problems = [];
  for (const application of read(values.app)) {
    const results = await tryMistakes(application, { check, jobs: cores });
    if (values.update) update(application, results);
    else problems.push(...differences(results).map((text) => `${application.name}: ${text}`));
    console.error(`${application.name}: ${results.length} mistakes tried`);
  }
  if (values.update) {
    const docs = join(root, "docs/mistakes.md");
    writeFileSync(docs, withFigures(readFileSync(docs, "utf8"), read()));
  }
  console.log(`${figuresOf(read(values.app))}\n${rulesOf(read(values.app))}`);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function update({ name }, results) {
  const file = join(import.meta.dirname, `${name}.yaml`);
  writeFileSync(file, updated(readFileSync(file, "utf8"), results));
}

/** The report of the gate; with the pinned kustomize, so that the figures do not depend on the machine. */
function check(cwd) {
  const args = [join(root, "dist/gitops.js"), "check", "--output", "json", "--no-cache"];
  const options = { cwd, env: { ...process.env, KUSTOMIZE: kustomize }, maxBuffer: 2 ** 26 };
  return new Promise((settle, reject) => {
    // It exits with 1 if there are findings.
    execFile(process.execPath, args, options, (_, stdout, stderr) => {
      if (stdout === "") reject(new Error(`gitops check printed no report: ${stderr}`));
      else settle(JSON.parse(stdout));
    });
  });
}
