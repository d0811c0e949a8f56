// Shows on a real cluster that each variant of the table (variants/*.yaml) is broken, and that its fixed copy runs:
// npm run e2e:broken -- --context NAME [options]
//
//   --context NAME    the context of kubectl; the user may create namespaces
//   --only PATTERN    only variants whose rule and name match it
//   --jobs N          how many variants at once (2); each takes two namespaces, proof-…, which are removed
//   --record FILE     writes what the cluster answered as a table of Markdown (docs/broken-variants.md); what it says of
//                     variants that were not asked about stays
//
// Needs kubectl, and a cluster that can run the images of the guestbook. Exits with 1 when something is otherwise than the
// table has it, with 2 when it could not be asked.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { load } from "../bundle.mjs";

try {
  const { values } = parseArgs({
    options: {
      context: { type: "string" },
      only: { type: "string", default: "" },
      jobs: { type: "string", default: "2" },
      record: { type: "string" },
    },
  });
  if (values.context === undefined)
    throw new Error("--context is missing: there is no default, lest it be the wrong cluster");
  const { prove, readVariants, recorded } = await load(join(import.meta.dirname, "cluster.ts"));
  const proofs = await prove({
    context: values.context,
    only: values.only,
    jobs: Number(values.jobs),
    folder: import.meta.dirname,
    print: (text) => console.log(text),
  });
  if (values.record)
    writeFileSync(
      values.record,
      recorded(
        proofs,
        readVariants(join(import.meta.dirname, "variants")),
        existsSync(values.record) ? readFileSync(values.record, "utf8") : "",
      ),
    );
  process.exitCode = proofs.every(({ holds }) => holds) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
