// npm run lint:workflows: actionlint on the workflows, where Go is there to build it (a minute the first time, then a second).
// --required makes it an error that Go is not; otherwise that is said, and test/workflows holds what matters most.
// https://github.com/rhysd/actionlint
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const version = "v1.7.12";
const cwd = join(import.meta.dirname, "../..");

if (spawnSync("go", ["version"]).status !== 0) {
  console.error("lint:workflows: Go is not installed (https://go.dev/dl/): the workflows are not linted by actionlint");
  process.exitCode = process.argv.includes("--required") ? 2 : 0;
} else {
  const tool = `github.com/rhysd/actionlint/cmd/actionlint@${version}`;
  // A machine that has another version of Go than the tool asks for may fetch that, too.
  const { status } = spawnSync("go", ["run", tool, "-color"], { cwd, stdio: "inherit" });
  if (status === 0) console.log(`actionlint ${version}: nothing to complain of`);
  process.exitCode = status === 0 ? 0 : 1;
}
