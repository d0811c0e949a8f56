import { expect, it } from "vitest";
import { loadSchemas } from "../../tools/validate/index.ts";
import { isolated, readSeeds } from "../conformance/seeds.ts";
import { outcomeOf } from "../conformance/updates.ts";
import { compareUpdates, isRefused, judgeUpdate, manifestOf, readVerdicts, score } from "./updates.ts";

const folder = new URL("./verdicts", import.meta.url).pathname;
const verdicts = readVerdicts(folder, "updates");

/** Raise these whenever agreement rises; never lower them. */
const floor = { agreed: 0.998, fields: 0.99 };

/** Known disagreements with a real API server, and why. Remove a line once it agrees. */
const known: Readonly<Record<string, string>> = {
  "limitrange remove /metadata": "a manifest without a name cannot be applied at all; a create accepts it",
};

it("rejects the updates that a real API server rejects", async () => {
  const compared = await compareUpdates(verdicts);
  const { lines, agreed, withFields, sameField } = score(compared);
  console.log(
    `updates: ${lines} lines, ${agreed} agreed; of ${withFields} rejected by both, ${sameField} at the same field`,
  );
  const others = compared.filter((line) => line.refused !== isRefused(line));
  expect(others.map(({ recorded: { seed, op, path } }) => `${seed} ${op} ${path}`).sort()).toEqual(
    Object.keys(known).sort(),
  );
  expect(agreed / lines).toBeGreaterThanOrEqual(floor.agreed);
  expect(sameField / withFields).toBeGreaterThanOrEqual(floor.fields);
}, 60_000);

it("agrees on the updates on which npm run conformance once found a disagreement", async () => {
  const { seeds, lines } = readVerdicts(folder, "own-updates");
  const schemas = await loadSchemas();
  const all = { ...seeds, ...readSeeds(new URL("..", import.meta.url).pathname, schemas) };
  expect(lines.length).toBeGreaterThan(20);
  const outcomes = lines.map((line) => {
    const seed = isolated(all[line.seed] ?? {});
    const after = manifestOf({ [line.seed]: seed }, line);
    const theirs = line.verdict === "rejected" ? "refused" : outcomeOf(line.changed ?? [], String(seed.kind));
    return { line, theirs, ours: judgeUpdate(seed, after, { versions: ["1.36"], schemas }).outcome };
  });
  expect(outcomes.filter(({ theirs, ours }) => theirs !== ours)).toEqual([]);
});
