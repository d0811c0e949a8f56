// Runs programs, and measures their time and memory.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const exec = promisify(execFile);

/** A folder for all written files, which is removed at the end. */
export const folder = mkdtempSync(join(tmpdir(), "gitops-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

// Node reports its own peak memory: https://nodejs.org/api/process.html#processresourceusage (kilobytes).
const hook = join(folder, "peak.cjs");
writeFileSync(
  hook,
  `process.on("exit", () => {
    const { maxRSS } = process.resourceUsage();
    require("node:fs").writeFileSync(process.env.GITOPS_BENCH_PEAK, String(maxRSS * 1024));
  });`,
);

/**
 * Runs a command until it exits, and discards its output. The exit status 1, for findings, is not an error.
 *
 * @returns the milliseconds of wall time, the milliseconds of CPU time, including all processes that it started and
 * waited for, and with `peak`, for Node, the peak memory in bytes.
 */
export async function measured({ command, cwd = ".", env = {}, peak = false }) {
  const [said, most] = [join(folder, "times"), join(folder, "peak")];
  const own = peak ? { NODE_OPTIONS: `--require ${hook}`, GITOPS_BENCH_PEAK: most } : {};
  const script = '"$@" >/dev/null 2>&1; status=$?; times >"$0"; exit $status';
  const start = performance.now();
  await exec("sh", ["-c", script, said, ...command], { cwd, env: { ...process.env, ...own, ...env } }).catch(
    (error) => {
      if (error.code !== 1) throw new Error(`${command.join(" ")} exited with ${error.code}: ${error.stderr}`);
    },
  );
  const ms = performance.now() - start;
  // The second line is for child processes: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#times
  const cpu = cpuOf(readFileSync(said, "utf8").split("\n")[1]);
  return { ms, cpu, ...(peak && { peak: Number(readFileSync(most, "utf8")) }) };
}

function cpuOf(line) {
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0);
}

/** The milliseconds that a command prints, for measuring only a part of it. */
export async function printed({ command }) {
  const { stdout } = await exec(command[0], command.slice(1));
  return { ms: Number(stdout), cpu: Number(stdout) };
}

/** Medians of alternating runs (A B A B …), so that a slow phase affects both; the first run of each does not count. */
export async function compared(a, b, runs, by = measured) {
  const [ours, others] = [[], []];
  for (let run = -1; run < runs; run++) {
    for (const [list, command] of [
      [ours, a],
      [others, b],
    ]) {
      const took = await by(command);
      if (run >= 0) list.push(took);
    }
  }
  return outcome(ours, others);
}

/** The medians of our runs and of the others, and their comparison. */
export function outcome(ours, others) {
  const of = (list, key) => median(list.map((one) => one[key]));
  const result = { ms: of(ours, "ms"), other: of(others, "ms"), cpu: of(ours, "cpu"), otherCpu: of(others, "cpu") };
  const differences = ours.map(({ ms }, index) => ms - (others[index] ?? others[0]).ms);
  const peak = Math.max(...ours.map((one) => one.peak ?? 0));
  return {
    ...result,
    difference: median(differences),
    ratio: result.ms / result.other,
    ...(peak > 0 && { peak }),
  };
}

function median(list) {
  return [...list].sort((a, b) => a - b)[list.length >> 1];
}
