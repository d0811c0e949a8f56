// npm run test:nodes: the built gate on every Node that the project promises to run on. Takes each from its npm package
// (node-<platform>-<arch>, about 50 MB each), runs the gate over this repository with it, and compares the reports.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const versions = ["20.19", "22", "24", "26"];
const cache = join(tmpdir(), "gitops-nodes");
let expected;

for (const version of versions) {
  const node = install(version);
  const name = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  const { status, stdout, stderr } = spawnSync(node, ["dist/gitops.js", "check", "-o", "json"], { encoding: "utf8" });
  if (status !== 0 || stderr !== "") fail(name, `exit status ${status}\n${stderr}${stdout}`);
  const report = JSON.parse(stdout);
  report.summary.durationMs = 0;
  expected ??= JSON.stringify(report);
  if (JSON.stringify(report) !== expected) fail(name, "another report than the first Node's");
  console.log(`${name}: ${report.summary.targets} targets, ${report.summary.resources} resources, green`);
}
console.log(`${versions.length} passed, 0 failed`);

function install(version) {
  const folder = join(cache, version);
  const node = join(folder, "package", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(node)) return node;
  mkdirSync(folder, { recursive: true });
  const name = `node-${process.platform}-${process.arch}@${version}`;
  const file = execFileSync("npm", ["pack", "--silent", name], { cwd: folder, encoding: "utf8" })
    .trim()
    .split("\n")
    .pop();
  execFileSync("tar", ["-xzf", file], { cwd: folder });
  return node;
}

function fail(name, why) {
  console.error(`${name}: ${why}`);
  process.exit(1);
}
