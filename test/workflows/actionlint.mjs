// npm run lint:workflows: runs actionlint on the workflows if Go is installed (a minute the first time, then a second).
// Without Go it prints a note, or fails with --required; test/workflows checks the most important rules in any case.
// https://github.com/rhysd/actionlint
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const version = "v1.7.12";
const cwd = join(import.meta.dirname, "../..");

if (spawnSync("go", ["version"]).status !== 0) {
  console.error("lint:workflows: Go is not installed (https://go.dev/dl/), so actionlint did not run");
  process.exitCode = process.argv.includes("--required") ? 2 : 0;
} else {
  const tool = `github.com/rhysd/actionlint/cmd/actionlint@${version}`;
  // Go may also download the Go version that the tool requires.
  const { status } = spawnSync("go", ["run", tool, "-color"], { cwd, stdio: "inherit" });
  if (status === 0) console.log(`actionlint ${version}: no problems found`);
  process.exitCode = status === 0 ? 0 : 1;
}
