// Shows on a real cluster that each variant in variants/*.yaml is broken, and that its fixed copy works:
// npm run e2e:broken -- --context NAME [options]
//
//   --context NAME    the kubectl context; its user must be allowed to create namespaces
//   --only PATTERN    only variants whose rule and name match it
//   --jobs N          how many variants to try at once (2); each uses two namespaces, proof-…, which are removed
//   --record FILE     writes the answers as a Markdown table (docs/broken-variants.md); rows of variants that were not
//                     tried stay as they are
//
// Needs kubectl, and a cluster that can run the guestbook's images. Exits with 1 if an answer is not the expected one, and
// with 2 if the variants cannot be tried.
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
    throw new Error("--context is missing: it has no default, to avoid using the wrong cluster");
  const { prove, readVariants, recordOf } = await load(join(import.meta.dirname, "cluster.ts"));
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
      recordOf(
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
