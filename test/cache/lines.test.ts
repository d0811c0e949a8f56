import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Lines } from "../../tools/cache/lines.ts";
import { temporaryFolder } from "../run.ts";

const value = (index: number) => ({ index, text: "x".repeat(30_000) });
const count = 200;

it("writes at once what is a lot, and finds it again in this run and in the next", () => {
  const file = join(temporaryFolder(), "lines.pack");
  const lines = new Lines(file);
  const names = Array.from({ length: count }, (_, index) => lines.add(value(index)));
  expect(readFileSync(file).length).toBeGreaterThan(4_000_000);
  expect(names.map((name) => lines.get(name))).toEqual(names.map((_, index) => value(index)));
  lines.save(() => new Set(names));
  const next = new Lines(file);
  expect(names.map((name) => next.get(name))).toEqual(names.map((_, index) => value(index)));
});

it("loses nothing within a run that cannot write", () => {
  const folder = join(temporaryFolder(), "file");
  writeFileSync(folder, "");
  const lines = new Lines(join(folder, "lines.pack"));
  const names = Array.from({ length: count }, (_, index) => lines.add(value(index)));
  expect(names.map((name) => lines.get(name))).toEqual(names.map((_, index) => value(index)));
  lines.save(() => new Set());
});
