import { expect, test } from "vitest";
import type { Io } from "../../tools/commands/command.ts";
import { progressBar } from "../../tools/commands/progress.ts";
import type { Target } from "../../tools/core/resource.ts";

const target = (path: string): Target => ({ path, kind: "kustomization" });

function shown(isTerminal: boolean, total: number) {
  const said: string[] = [];
  const io = { progress: isTerminal, err: (text: string) => void said.push(text) } as unknown as Io;
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

test.each([
  [false, 20],
  [true, 3],
])("nothing is said where %s is a terminal and there are %i targets", async (isTerminal, total) => {
  const { said, bar } = shown(isTerminal, total);
  await new Promise((settle) => setTimeout(settle, 120));
  bar.step(1, { target: target("a"), durationMs: 1 });
  bar.end();
  expect(said).toEqual([]);
});
