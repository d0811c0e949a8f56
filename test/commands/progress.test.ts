import { expect, test } from "vitest";
import type { Io } from "../../tools/commands/command.ts";
import { progressBar } from "../../tools/commands/progress.ts";
import type { Target } from "../../tools/core/resource.ts";

const target = (path: string): Target => ({ path, kind: "kustomization" });

function shown(isTerminal: boolean, total: number, { columns = 120, TERM = "xterm" } = {}) {
  const said: string[] = [];
  const size = () => ({ columns, rows: 24 });
  const io = {
    progress: isTerminal,
    env: { TERM },
    size,
    err: (text: string) => void said.push(text),
  } as unknown as Io;
  return { said, bar: progressBar(io, total) };
}

test("a run on a terminal says how far it is, how fast, and what is slow", async () => {
  const { said, bar } = shown(true, 20);
  bar.step(1, { target: target("overlays/large\u001b"), durationMs: 2340 });
  await new Promise((settle) => setTimeout(settle, 120));
  bar.step(2, { target: target("overlays/small"), durationMs: 10 });
  bar.end();
  const line = said.at(-2)?.slice("\r\u001b[K".length);
  expect(line).toMatch(/^2\/20, \d+ a second; slowest overlays\/large\S+ \(2\.3 s\)$/);
  expect(line).not.toContain("\u001b");
  expect(said.at(-1)).toBe("\r\u001b[K");
});

test("it keeps to one line of a narrow terminal", async () => {
  const { said, bar } = shown(true, 20, { columns: 30 });
  bar.step(1, { target: target("overlays/large"), durationMs: 2340 });
  await new Promise((settle) => setTimeout(settle, 120));
  bar.step(2, { target: target("overlays/small"), durationMs: 10 });
  const line = said.at(-1)?.slice("\r\u001b[K".length);
  expect(line).toMatch(/^2\/20, \d+ a second; slow.*…$/);
  expect(line).toHaveLength(29);
});

test.each([
  [false, 20, "xterm"],
  [true, 3, "xterm"],
  [true, 20, "dumb"],
])("nothing is said where %s is a terminal, there are %i targets, and it is %s", async (isTerminal, total, TERM) => {
  const { said, bar } = shown(isTerminal, total, { TERM });
  await new Promise((settle) => setTimeout(settle, 120));
  bar.step(1, { target: target("a"), durationMs: 1 });
  bar.end();
  expect(said).toEqual([]);
});
