import { expect, it } from "vitest";
import { compareUpdates, isRefused, readVerdicts, score } from "./updates.ts";

const verdicts = readVerdicts(new URL("./verdicts", import.meta.url).pathname, "updates");

/** Raised whenever the agreement rises; never lowered. */
const floor = { agreed: 0.998, fields: 0.99 };

/** Where we and a real API server disagree, with the reason. What is listed and agrees is to be removed here. */
const known: Readonly<Record<string, string>> = {
  "configmap-immutable add /binaryData": "an empty map is not the same as none to reflect.DeepEqual",
  "limitrange remove /metadata": "a manifest without a name cannot be applied at all; a create takes it",
};

it("refuses the updates that a real API server refuses", async () => {
  const compared = await compareUpdates(verdicts);
  const { lines, agreed, withFields, sameField } = score(compared);
  console.log(
    `updates: ${lines} lines, ${agreed} agreed; of ${withFields} refused by both, ${sameField} at the same field`,
  );
  const others = compared.filter((line) => line.refused !== isRefused(line));
  expect(others.map(({ recorded: { seed, op, path } }) => `${seed} ${op} ${path}`).sort()).toEqual(
    Object.keys(known).sort(),
  );
  expect(agreed / lines).toBeGreaterThanOrEqual(floor.agreed);
  expect(sameField / withFields).toBeGreaterThanOrEqual(floor.fields);
}, 60_000);
