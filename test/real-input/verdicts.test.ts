import { join } from "node:path";
import { expect, test } from "vitest";
import { canonicalValue } from "../../tools/render/canonical.ts";
import { check, type Files, repository } from "../run.ts";
import { changed, readVerdicts } from "../validate/agreement.ts";

const amount = 300;

/** Pseudo-random numbers that are the same on every machine (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Manifests that a real API server has judged, as files: half of them YAML, half of them JSON. */
function sample(): Files {
  const { seeds, lines } = readVerdicts(join(import.meta.dirname, "../validate/verdicts"));
  const next = random(20261123);
  const files: Record<string, string> = {};
  for (let index = 0; index < amount; index++) {
    const line = lines[Math.floor(next() * lines.length)];
    const manifest = line && changed(seeds[line.seed] ?? {}, line);
    if (manifest === undefined) throw new Error("there are no verdicts");
    if (index % 2 === 0) files[`${index}.yaml`] = canonicalValue(manifest);
    else files[`${index}.json`] = JSON.stringify(manifest, null, 2);
  }
  return files;
}

test(`findings in ${amount} manifests that a real API server has judged are on a line of their file`, async () => {
  const files = sample();
  const { code, stderr, report } = await check(["."], { cwd: repository(files) });
  expect({ code, stderr, resources: report.summary.resources }).toEqual({ code: 1, stderr: "", resources: amount });
  for (const { file = "", line = 0, message, help } of report.findings) {
    expect(Object.keys(files)).toContain(file);
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThanOrEqual(files[file]?.toString().split("\n").length ?? 0);
    expect(message).toMatch(/^\S.*[^.\s]$/);
    expect(help).toMatch(/^\S.*[.?]$/);
  }
});
