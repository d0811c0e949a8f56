import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run, stream } from "../../tools/system/process.ts";
import { tree } from "../load/tree.ts";

const limits = { timeout: 10_000, maxOutput: 1_000_000 };
const sh = (script: string, options = {}) => run("/bin/sh", ["-c", script], { ...limits, ...options });

describe("a program", () => {
  test("returns its output, status and signal", async () => {
    const done = await sh("cat; echo oops >&2; exit 3", { input: "hello" });
    expect({ ...done, stdout: done.stdout.toString() }).toEqual({
      code: 3,
      signal: null,
      limit: undefined,
      stdout: "hello",
      stderr: "oops\n",
    });
    expect(await sh("kill -9 $$")).toMatchObject({ code: null, signal: "SIGKILL", limit: undefined });
  });

  test("may ignore its input", async () => {
    expect(await sh("exit 0", { input: "x".repeat(1_000_000) })).toMatchObject({ code: 0 });
  });

  test("gets only the given environment", async () => {
    const { stdout } = await run("/usr/bin/env", [], { ...limits, env: { ONLY: "this" } });
    expect(stdout.toString()).toBe("ONLY=this\n");
  });

  test("that floods standard error is read in part", async () => {
    const { stderr } = await sh("head -c 10000000 /dev/zero >&2");
    expect(stderr.length).toBeLessThan(1_000_000);
  });
});

describe("limits", () => {
  test.each<[string, string, object, string]>([
    ["time", "sleep 30", { timeout: 200 }, "timeout"],
    ["time, although a child keeps the pipes open", "sleep 30 & wait", { timeout: 200 }, "timeout"],
    ["output", "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done", { maxOutput: 1000 }, "output"],
  ])("%s", async (_, script, options, limit) => {
    const start = performance.now();
    expect(await sh(script, options)).toMatchObject({ limit });
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe("an error is thrown for", () => {
  test("a missing program", async () => {
    await expect(run("/nowhere/program", [], limits)).rejects.toThrow(/^\/nowhere\/program was not found$/);
  });

  test("a file that is not executable", async () => {
    const path = join(tree({ program: "#!/bin/sh\n" }), "program");
    await expect(run(path, [], limits)).rejects.toThrow(`${path} is not executable`);
  });
});

describe("a streamed program", () => {
  const linesOf = async (script: string) => {
    const lines: string[] = [];
    const options = { onLine: (line: string) => lines.push(line), onError: (line: string) => lines.push(`! ${line}`) };
    return { ...(await stream("/bin/sh", ["-c", script], options).ended), lines };
  };

  test.each<[string, string, string[]]>([
    ["lines", "echo a; echo b", ["a", "b"]],
    ["the last line without a line ending", "printf 'a\\r\\nb'", ["a", "b"]],
    ["standard error", "echo a >&2", ["! a"]],
    ["nothing", "true", []],
  ])("passes on %s", async (_, script, lines) => {
    expect(await linesOf(script)).toEqual({ code: 0, signal: null, lines });
  });

  test("passes on an endless line in pieces", async () => {
    const { lines } = await linesOf("head -c 100000 /dev/zero | tr '\\0' x");
    expect(lines.join("")).toHaveLength(100_000);
    expect(lines.length).toBeGreaterThan(1);
  });

  test("ends when it is stopped", async () => {
    const { ended, stop } = stream("/bin/sh", ["-c", "echo; exec sleep 30"], {
      onLine: () => stop(),
      onError: () => {},
    });
    expect(await ended).toEqual({ code: null, signal: "SIGTERM" });
  });

  test("that is missing is an error", async () => {
    const { ended } = stream("/nonexistent/program", [], { onLine: () => {}, onError: () => {} });
    await expect(ended).rejects.toThrow("/nonexistent/program was not found");
  });
});
