import { expect, test } from "vitest";
import type { Io } from "../../tools/commands/command.ts";
import { progressBar } from "../../tools/commands/progress.ts";
import type { Target } from "../../tools/core/resource.ts";

const target = (path: string): Target => ({ path, kind: "kustomization" });

function barOn(isTerminal: boolean, total: number, { columns = 120, TERM = "xterm" } = {}) {
  const output: string[] = [];
  const size = () => ({ columns, rows: 24 });
  const io = {
    progress: isTerminal,
    env: { TERM },
    size,
    err: (text: string) => void output.push(text),
  } as unknown as Io;
  return { output, bar: progressBar(io, total) };
}

test("on a terminal, it shows the progress, the speed and the slowest target", async () => {
  const { output, bar } = barOn(true, 20);
  bar.step(1, { target: target("overlays/large\u001b"), durationMs: 2340 });
  await new Promise((settle) => setTimeout(settle, 120));
  bar.step(2, { target: target("overlays/small"), durationMs: 10 });
  bar.end();
  const line = output.at(-2)?.slice("\r\u001b[K".length);
  expect(line).toMatch(/^2\/20, \d+ a second; slowest overlays\/large\S+ \(2\.3 s\)$/);
  expect(line).not.toContain("\u001b");
  expect(output.at(-1)).toBe("\r\u001b[K");
});

test("it is cut to one line on a narrow terminal", async () => {
  const { output, bar } = barOn(true, 20, { columns: 30 });
  bar.step(1, { target: target("overlays/large"), durationMs: 2340 });
  await new Promise((settle) => setTimeout(settle, 120));
  bar.step(2, { target: target("overlays/small"), durationMs: 10 });
  const line = output.at(-1)?.slice("\r\u001b[K".length);
  expect(line).toMatch(/^2\/20, \d+ a second; slow.*…$/);
  expect(line).toHaveLength(29);
});

test.each([
  [false, 20, "xterm"],
  [true, 3, "xterm"],
  [true, 20, "dumb"],
])("it is not shown with a terminal: %s, %i targets and TERM %s", async (isTerminal, total, TERM) => {
  const { output, bar } = barOn(isTerminal, total, { TERM });
  await new Promise((settle) => setTimeout(settle, 120));
  bar.step(1, { target: target("a"), durationMs: 1 });
  bar.end();
  expect(output).toEqual([]);
});
