// npm run test:cache: what is remembered gives right answers, tried far longer than `npm test` does: 2,000 sequences of random
// edits, and a gate that is killed 100 times. Hours on two cores. --sequences N and --kills N say otherwise.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { sequences, kills } = parseArgs({
  options: { sequences: { type: "string", default: "2000" }, kills: { type: "string", default: "100" } },
}).values;
const files = ["cached", "base", "killed"].map((name) => `test/cache/${name}.test.ts`);
const { status } = spawnSync("npx", ["vitest", "run", ...files], {
  stdio: "inherit",
  env: { ...process.env, GITOPS_TEST_SEQUENCES: sequences, GITOPS_TEST_KILLS: kills },
});
process.exitCode = status ?? 1;
