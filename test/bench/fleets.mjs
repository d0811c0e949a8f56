// Rows for a repository with many overlays, which fleet.mjs writes.
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeFleet } from "./fleet.mjs";
import { compared, folder, measured, outcome } from "./measure.mjs";
import { pipeline } from "./peers.mjs";
import { cores, gitops, kustomize, node, nothing } from "./programs.mjs";

/**
 * The number of overlays for which a pipeline per overlay is run: it is slow, and takes the same time for each overlay.
 */
const sample = 100;

const fleets = new Map();

/** A fleet on disk, with the runs that several rows share. */
function fleetOf(count) {
  const known = fleets.get(count) ?? makeFleet(count);
  fleets.set(count, known);
  return known;
}

function makeFleet(count) {
  const cwd = join(folder, `fleet-${count}`);
  mkdirSync(cwd);
  const overlays = writeFleet(cwd, count);
  const list = join(folder, `fleet-${count}.txt`);
  writeFileSync(list, `${overlays.join("\n")}\n`);
  const check = (...words) => ({
    command: [node, gitops, "check", "-o", "json", ...words],
    cwd,
    env: { GITOPS_CACHE_DIR: join(folder, `cache-${count}`), KUSTOMIZE: kustomize },
    peak: true,
  });
  const each = (words, most = count) => ({
    command: ["sh", "-c", `head -n ${most} ${list} | xargs -P ${cores} -n 1 ${words}`],
    cwd,
    env: { KUSTOMIZE: kustomize },
  });
  const cold = new Map();
  let filled;
  return {
    cwd,
    overlays,
    check,
    each,
    /** A first run with this kustomize, measured once. */
    cold: (program = kustomize) => {
      const run = check("--no-cache");
      const known = cold.get(program) ?? measured({ ...run, env: { ...run.env, KUSTOMIZE: program } });
      cold.set(program, known);
      return known;
    },
    /** The first run that fills the cache. */
    filled: () => (filled ??= measured(check())),
  };
}

const percent = (part, whole) => `${((100 * part) / whole).toFixed(0)} %`;
const thousands = (count) => count.toLocaleString("en");

function cold(count) {
  return {
    name: `cold-${count}`,
    title: `${thousands(count)} overlays, without a cache, compared with xargs -P ${cores} and bare kustomize`,
    runs: 1,
    run: async (runs) => {
      const [fleet, ours, others] = [fleetOf(count), [], []];
      for (let run = 0; run < runs; run++) {
        others.push(await measured(fleet.each(`${kustomize} build`)));
        ours.push(run === 0 ? await fleet.cold() : await measured(fleet.check("--no-cache")));
      }
      return outcome(ours, others);
    },
    goal: ({ ratio }) => ["≤ 1.10 ×", ratio <= 1.1],
  };
}

function pipelined(count) {
  const some = Math.min(sample, count);
  return {
    name: `pipeline-${count}`,
    title: `${thousands(count)} overlays, without a cache, compared with ${pipeline.title} per overlay, run for ${some}`,
    runs: 1,
    run: async () => {
      const fleet = fleetOf(count);
      const { ms, cpu } = await measured(fleet.each(pipeline.words(), some));
      const ours = await fleet.cold(pipeline.kustomize);
      return outcome([ours], [{ ms: (ms / some) * count, cpu: (cpu / some) * count }]);
    },
    goal: ({ ratio }) => ["≥ 15 × faster", ratio <= 1 / 15],
  };
}

function unchanged(count, most, memory = Number.POSITIVE_INFINITY) {
  return {
    name: `unchanged-${count}`,
    title: `${thousands(count)} overlays, unchanged, compared with node -e 0`,
    runs: 5,
    run: async (runs) => {
      const fleet = fleetOf(count);
      const first = await fleet.filled();
      const result = await compared(fleet.check(), nothing, runs);
      return { ...result, first: first.ms, note: `${percent(result.ms, first.ms)} of the first run` };
    },
    goal: ({ ms, first, peak }) => [
      `≤ ${most} ms, ≥ 40 × faster than cold${memory < 1e12 ? `, ≤ ${memory} MB` : ""}`,
      ms <= most && first >= 40 * ms && peak <= memory * 1024 * 1024,
    ],
  };
}

function memory(count) {
  return {
    name: `memory-${count}`,
    title: `${thousands(count)} overlays, without a cache: peak memory, compared with node -e 0`,
    runs: 1,
    run: async () => outcome([await fleetOf(count).cold()], [await measured(nothing)]),
    goal: ({ peak }) => ["≤ 400 MB", peak <= 400 * 1024 * 1024],
  };
}

function leaf(count) {
  return {
    name: `leaf-${count}`,
    title: `one of ${thousands(count)} overlays changed, --base HEAD, compared with node -e 0`,
    runs: 3,
    run: async (runs) => {
      const fleet = fleetOf(count);
      commit(fleet.cwd);
      // The cache knows the base from the run before the change.
      await fleet.filled();
      await measured(fleet.check("--base", "HEAD"));
      appendFileSync(join(fleet.cwd, fleet.overlays[7], "settings.properties"), "changed=1\n");
      return compared(fleet.check("--base", "HEAD"), nothing, runs);
    },
    goal: ({ ms }) => ["≤ 1,000 ms", ms <= 1000],
  };
}

function commit(cwd) {
  const git = (...words) =>
    execFileSync("git", ["-c", "user.name=bench", "-c", "user.email=b@example.com", ...words], { cwd });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-q", "-m", "the fleet");
}

/** The rows with 100 overlays are quick; the others take minutes, and only run on request. */
export const fleet = [
  cold(100),
  unchanged(100, 350),
  memory(100),
  pipelined(100),
  ...[cold(1000), unchanged(1000, 350), memory(1000), pipelined(1000), leaf(1000)].map(big),
  ...[cold(10_000), unchanged(10_000, 2000, 250), memory(10_000), leaf(10_000)].map(big),
];

function big(row) {
  return { ...row, big: true };
}
