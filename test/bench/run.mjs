// npm run bench: the time that the gate takes compared with its minimum, such as the kustomize build itself. It prints a table;
// --json FILE writes it as JSON. No test depends on the figures. --only NAME[,NAME…] runs these rows, --list lists all rows,
// --runs N is the maximum number of runs per row, and --peers also compares with kustomize 5, kubeconform and conftest, which
// are built with Go once.
import { writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { fleet } from "./fleets.mjs";
import { peers } from "./peers.mjs";
import { single } from "./single.mjs";

const most = Number(option("--runs") ?? 15);
const all = [...single, ...fleet, ...peers];
if (process.argv.includes("--list")) {
  for (const { name, title, big, peers } of all)
    console.log(
      `${name.padEnd(20)} ${title}${big ? " (takes minutes: only with --only)" : ""}${peers ? " (--peers)" : ""}`,
    );
  process.exit();
}

const machine = {
  node: process.version,
  cpus: cpus().length,
  model: cpus()[0]?.model,
  memory: totalmem(),
  /** The load average of the last minute: if it is above 0 at the start, other processes are running. */
  load: loadavg()[0],
};
const rows = [];
for (const { name, title, run, runs = most, goal } of chosen()) {
  const result = await run(Math.min(runs, most));
  const [wanted, met] = goal?.(result) ?? ["", true];
  rows.push({ name, title, ...result, goal: wanted, met });
  console.log(shown({ title, wanted, met, ...result }));
}
console.log(`
milliseconds of wall time (and of CPU time, with child processes): the gate, the other program, difference, ratio;
medians of up to ${most} alternating runs; Node ${machine.node}, ${machine.cpus} × ${machine.model}, load ${machine.load.toFixed(2)} at the start`);
const file = option("--json");
if (file) writeFileSync(file, `${JSON.stringify({ machine, runs: most, rows }, null, 2)}\n`);

function chosen() {
  const names = option("--only")?.split(",");
  const unknown = names?.filter((name) => !all.some((row) => row.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`there is no row ${unknown.join(", ")}; --list shows all rows`);
  if (names !== undefined) return all.filter(({ name }) => names.includes(name));
  return all.filter(({ big, peers: needed }) => !big && (!needed || process.argv.includes("--peers")));
}

function shown({ title, ms, other, cpu, otherCpu, difference, ratio, peak, note, wanted, met }) {
  const figures = [
    `${ms.toFixed(0)} (${cpu.toFixed(0)})`.padStart(16),
    `${other.toFixed(0)} (${otherCpu.toFixed(0)})`.padStart(18),
    `${difference < 0 ? "" : "+"}${difference.toFixed(0)}`.padStart(9),
    `${ratio.toFixed(2)} ×`.padStart(9),
    ...(peak ? [`${(peak / 1024 / 1024).toFixed(0)} MB`.padStart(8)] : []),
  ];
  const words = [note, wanted && `${wanted}: ${met ? "met" : "missed"}`].filter(Boolean);
  return `${title}\n  ${figures.join("")}${words.length > 0 ? `   ${words.join("; ")}` : ""}`;
}

function option(name) {
  const index = process.argv.indexOf(name);
  return index < 0 ? undefined : process.argv[index + 1];
}
