// npm run test:cache: tests that the cache gives correct results, much longer than `npm test` does: 2,000 sequences of random
// edits, 200 of edits since a base, and 100 killed runs. --sequences N and --kills N change these numbers; --only cached, base
// or killed runs one of them. A failure prints the flags that repeat it (--seed, --from, --path), and is kept in
// node_modules/.cache/gitops-counterexamples.txt; --seed N --from M continues where a run ended.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const given = parseArgs({
  options: {
    sequences: { type: "string", default: "2000" },
    kills: { type: "string", default: "100" },
    only: { type: "string", multiple: true, default: ["cached", "base", "killed"] },
    seed: { type: "string" },
    from: { type: "string" },
    path: { type: "string" },
  },
}).values;
const files = given.only.map((name) => `test/cache/${name}.test.ts`);
const settings = Object.entries(given).flatMap(([name, value]) =>
  typeof value === "string" ? [[`GITOPS_TEST_${name.toUpperCase()}`, value]] : [],
);
const { status } = spawnSync("npx", ["vitest", "run", "--no-file-parallelism", ...files], {
  stdio: "inherit",
  env: { ...process.env, ...Object.fromEntries(settings) },
});
process.exitCode = status ?? 1;
