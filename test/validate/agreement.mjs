// Measures the validator against the recorded verdicts of real API servers.
//
//   node test/validate/agreement.mjs                         a table by kind
//   node test/validate/agreement.mjs Service                 the disagreements for a kind or a seed, grouped
//   node test/validate/agreement.mjs --version 1.33          a version other than 1.36
//   node test/validate/agreement.mjs Service missed          only one group: missed, alarms, fields or warnings
//   node test/validate/agreement.mjs --updates               the recorded updates instead; combines with all of the above
//   node test/validate/agreement.mjs Service --line /spec/type   each line whose path contains this text, with both answers
//
// Rolldown bundles the TypeScript sources in memory first, so this runs on any supported Node.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { load } from "../bundle.mjs";

const here = import.meta.dirname;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: "string", default: "1.36" },
    line: { type: "string" },
    updates: { type: "boolean", default: false },
    limit: { type: "string", default: "60" },
  },
});
const [only, which] = positionals;
const { agreesOnWarnings, compare, compareUpdates, fieldOf, groupBy, isRefused, readVerdicts, refusedSeeds, score } =
  await load(join(here, "updates.ts"));

const percent = (part, whole) => (whole === 0 ? "     –" : `${((100 * part) / whole).toFixed(1).padStart(5)}%`);

function row(name, compared) {
  const { lines, agreed, missed, alarms, withFields, sameField, withWarnings, sameWarnings } = score(compared);
  const numbers = [lines, missed, alarms].map((number) => String(number).padStart(7)).join("");
  return `${name.padEnd(34)}${percent(agreed, lines)}${numbers}   ${percent(sameField, withFields)}   ${percent(sameWarnings, withWarnings)}`;
}

function printTable(compared, elapsed) {
  console.log(`${"kind".padEnd(34)}agreed  lines missed alarms   fields warnings`);
  const kinds = [...groupBy(compared, ({ kind }) => kind)];
  kinds.sort(([, a], [, b]) => score(b).missed + score(b).alarms - score(a).missed - score(a).alarms);
  for (const [kind, lines] of kinds) console.log(row(kind, lines));
  for (const [verdict, lines] of groupBy(compared, ({ recorded }) => recorded.verdict))
    console.log(row(`[${verdict}]`, lines));
  const microseconds = ((1000 * elapsed) / compared.length).toFixed(0);
  console.log(row("all", compared), `  ${elapsed.toFixed(0)} ms, ${microseconds} µs per manifest (patching included)`);
}

function printDisagreements(title, lines, describe) {
  const groups = [...groupBy(lines, (line) => `${fieldOf(line.recorded.path)}\n      ${describe(line)}`)];
  groups.sort(([, a], [, b]) => b.length - a.length);
  console.log(`\n${title}: ${lines.length} lines in ${groups.length} groups`);
  for (const [key, group] of groups.slice(0, Number(values.limit))) {
    const samples = group
      .slice(0, 4)
      .map(({ recorded }) => JSON.stringify(recorded.value)?.slice(0, 70) ?? "(removed)");
    const seeds = [...new Set(group.map(({ recorded }) => recorded.seed))].slice(0, 3).join(" ");
    console.log(
      `${String(group.length).padStart(4)} ${key}\n      ${group[0].recorded.op} ${samples.join("  ")}   in ${seeds}`,
    );
  }
}

const theirs = ({ recorded }) =>
  `${recorded.verdict}: ${(recorded.message ?? "").replace(/"[^"]{40,}"/g, '"…"').slice(0, 200)}`;
const ours = ({ problems }) => problems.map(({ rule, pointer, message }) => `${rule} ${pointer}: ${message}`)[0] ?? "";

const started = performance.now();
const verdicts = readVerdicts(join(here, "verdicts"), values.updates ? "updates" : "create");
const before = performance.now();
const compared = await (values.updates ? compareUpdates : compare)(verdicts, values.version);
const elapsed = performance.now() - before;

if (only === undefined) {
  for (const refused of await refusedSeeds(verdicts, values.version)) console.log(`rejected seed: ${refused}`);
  printTable(compared, elapsed);
} else {
  const wanted = (line) => only === "all" || line.kind === only || line.recorded.seed === only;
  const chosen = compared.filter(wanted).filter(({ recorded }) => !values.line || recorded.path.includes(values.line));
  console.log(row(only, chosen));
  if (values.line) {
    for (const line of chosen.slice(0, Number(values.limit))) {
      console.log(
        `\n${line.recorded.op} ${line.recorded.path} ${JSON.stringify(line.recorded.value)?.slice(0, 150)} (${line.recorded.seed})`,
      );
      console.log(
        `  theirs: ${line.recorded.verdict} ${JSON.stringify(line.recorded.causes ?? [])} ${line.recorded.message ?? ""}`,
      );
      for (const { rule, pointer, message } of line.problems) console.log(`  ours:   ${rule} ${pointer}: ${message}`);
    }
  } else {
    const is = (name) => which === undefined || which === name;
    if (is("missed"))
      printDisagreements(
        "missed",
        chosen.filter((line) => line.refused && !isRefused(line)),
        theirs,
      );
    if (is("alarms"))
      printDisagreements(
        "false alarms",
        chosen.filter((line) => !line.refused && isRefused(line)),
        ours,
      );
    if (which === "warnings") {
      const other = chosen.filter((line) => !agreesOnWarnings(line));
      printDisagreements(
        "different warnings",
        other,
        ({ recorded, warnings }) =>
          `${JSON.stringify(recorded.warnings ?? [])} / ${JSON.stringify(warnings.map(({ message }) => message))}`,
      );
    }
    if (which === "fields") {
      const other = chosen.filter((line) => score([line]).withFields > score([line]).sameField);
      printDisagreements(
        "refused at a different field",
        other,
        (line) => `${JSON.stringify(line.recorded.causes)} / ${ours(line)}`,
      );
    }
  }
}
console.error(`${(performance.now() - started).toFixed(0)} ms`);
