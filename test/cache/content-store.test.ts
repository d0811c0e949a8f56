import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ContentStore } from "../../tools/cache/content-store.ts";
import { temporaryFolder } from "../run.ts";

const value = (index: number) => ({ index, text: "x".repeat(30_000) });
const count = 200;

it("writes large data at once, and finds it again in this run and in the next", () => {
  const file = join(temporaryFolder(), "lines.pack");
  const lines = new ContentStore(file);
  const names = Array.from({ length: count }, (_, index) => lines.add(value(index)));
  expect(readFileSync(file).length).toBeGreaterThan(4_000_000);
  expect(names.map((name) => lines.get(name))).toEqual(names.map((_, index) => value(index)));
  lines.save(() => new Set(names));
  const next = new ContentStore(file);
  expect(names.map((name) => next.get(name))).toEqual(names.map((_, index) => value(index)));
});

it("loses nothing within a run if it cannot write", () => {
  const folder = join(temporaryFolder(), "file");
  writeFileSync(folder, "");
  const lines = new ContentStore(join(folder, "lines.pack"));
  const names = Array.from({ length: count }, (_, index) => lines.add(value(index)));
  expect(names.map((name) => lines.get(name))).toEqual(names.map((_, index) => value(index)));
  lines.save(() => new Set());
});

it("drops unused lines once they are most of a large file", () => {
  const file = join(temporaryFolder(), "lines.pack");
  const size = () => readFileSync(file).length;
  const add = (from: number) => {
    const lines = new ContentStore(file);
    const names = Array.from({ length: 4 * count }, (_, index) => lines.add(value(from + index)));
    lines.save(() => new Set(names));
    return names;
  };
  add(0);
  const whole = size();
  expect(whole).toBeGreaterThan(20_000_000);
  add(100_000);
  expect(size()).toBeGreaterThan(1.9 * whole);
  const names = add(200_000);
  expect(size()).toBeLessThan(1.1 * whole);
  const next = new ContentStore(file);
  expect(names.filter((name) => next.get(name) === undefined)).toEqual([]);
});
