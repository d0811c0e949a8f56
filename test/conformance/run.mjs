// Holds the gate's verdicts against those of a real cluster: npm run conformance -- --context NAME [options]
//
//   --context NAME    the context of kubectl; everything is a dry run, in a namespace that is made and removed
//   --random N        also asks about N fresh random changes of the recorded manifests, and of those in seeds/ and
//                     test/real-input/charts
//   --updates         asks about updates: each manifest is really created, changed ones are applied over it by dry runs,
//                     and it is deleted. Left out are kinds that would have a say in what others do on the cluster
//   --installed       asks about random changes of the manifests in installed/ instead: custom kinds whose definitions come with
//                     the gate, and which the cluster must have (tools/validate/crds/extract.mjs says which versions)
//   --seed S          of the random changes; the same seed makes the same ones (1)
//   --no-tables       asks about the random changes alone, and not about the recorded tables
//   --only KIND       only manifests of this kind, or of this name
//   --causes          prints causes that the API server names and the gate does not, too
//   --record FILE     appends the disagreements to a table (test/validate/verdicts/own.jsonl, own-updates.jsonl)
//   --all             records what agrees, too
//
// Exits with 1 when fewer than 99 % of the verdicts agree.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { load } from "../bundle.mjs";

const { values } = parseArgs({
  options: {
    context: { type: "string" },
    random: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    "no-tables": { type: "boolean", default: false },
    installed: { type: "boolean", default: false },
    all: { type: "boolean", default: false },
    updates: { type: "boolean", default: false },
    only: { type: "string" },
    causes: { type: "boolean", default: false },
    record: { type: "string" },
  },
});

const { conformance } = await load(join(import.meta.dirname, "conformance.ts"));
try {
  const agreed = await conformance({
    context: values.context,
    random: Number(values.random),
    seed: Number(values.seed),
    tables: !values["no-tables"],
    updates: values.updates,
    installed: values.installed,
    all: values.all,
    only: values.only,
    causes: values.causes,
    record: values.record,
    tests: join(import.meta.dirname, ".."),
    print: (text) => console.log(text),
  });
  process.exitCode = agreed >= 0.99 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
