// Compares the gate's verdicts with those of a real cluster: npm run conformance -- --context NAME [options]
//
//   --context NAME    the kubectl context; all requests are dry runs, in a namespace that is created and deleted
//   --random N        also asks about N new random changes of the recorded manifests, and of those in seeds/ and
//                     test/real-input/charts
//   --updates         asks about updates: each manifest is really created, changed manifests are applied to it with dry runs,
//                     and it is deleted. Kinds that affect other users of the cluster are left out
//   --installed       asks about random changes of the manifests in installed/ instead: custom kinds whose definitions are in
//                     the gate, and must be installed in the cluster (for the versions, see tools/validate/crds/extract.mjs)
//   --seed S          the seed of the random changes; the same seed gives the same changes (default: 1)
//   --no-tables       only asks about the random changes, not about the recorded tables
//   --only KIND       only manifests of this kind or name
//   --causes          also prints causes that the API server names and the gate does not
//   --record FILE     appends the disagreements to a table (test/validate/verdicts/own.jsonl, own-updates.jsonl)
//   --all             also records agreements
//
// The exit status is 1 if less than 99 % of the verdicts agree, and 2 on errors.
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
