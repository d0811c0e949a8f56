import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run, stream } from "../../tools/system/process.ts";
import { tree } from "../load/tree.ts";

const limits = { timeout: 10_000, maxOutput: 1_000_000 };
const sh = (script: string, options = {}) => run("/bin/sh", ["-c", script], { ...limits, ...options });

describe("a program", () => {
  test("is told apart by its output, status and signal", async () => {
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

  test("that reads no input does not mind it", async () => {
    expect(await sh("exit 0", { input: "x".repeat(1_000_000) })).toMatchObject({ code: 0 });
  });

  test("gets the environment that it is given, and no other", async () => {
    const { stdout } = await run("/usr/bin/env", [], { ...limits, env: { ONLY: "this" } });
    expect(stdout.toString()).toBe("ONLY=this\n");
  });

  test("that prints without end on its error output is read in part", async () => {
    const { stderr } = await sh("head -c 10000000 /dev/zero >&2");
    expect(stderr.length).toBeLessThan(1_000_000);
  });
});

describe("limits", () => {
  test.each<[string, string, object, string]>([
    ["time", "sleep 30", { timeout: 200 }, "timeout"],
    ["time, when what it started holds the pipes", "sleep 30 & wait", { timeout: 200 }, "timeout"],
    ["output", "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done", { maxOutput: 1000 }, "output"],
  ])("%s", async (_, script, options, limit) => {
    const start = performance.now();
    expect(await sh(script, options)).toMatchObject({ limit });
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe("cannot be started", () => {
  test("what is not there", async () => {
    await expect(run("/nowhere/program", [], limits)).rejects.toThrow(/^\/nowhere\/program was not found$/);
  });

  test("what may not be run", async () => {
    const path = join(tree({ program: "#!/bin/sh\n" }), "program");
    await expect(run(path, [], limits)).rejects.toThrow(`${path} is not executable`);
  });
});

describe("a program that runs on", () => {
  const heard = async (script: string) => {
    const said: string[] = [];
    const options = { onLine: (line: string) => said.push(line), onError: (line: string) => said.push(`! ${line}`) };
    return { ...(await stream("/bin/sh", ["-c", script], options).ended), said };
  };

  test.each<[string, string, string[]]>([
    ["lines", "echo a; echo b", ["a", "b"]],
    ["the last line, that nothing ends", "printf 'a\\r\\nb'", ["a", "b"]],
    ["what it complains of", "echo a >&2", ["! a"]],
    ["nothing", "true", []],
  ])("hands out %s", async (_, script, said) => {
    expect(await heard(script)).toEqual({ code: 0, signal: null, said });
  });

  test("hands out a line without end in pieces", async () => {
    const { said } = await heard("head -c 100000 /dev/zero | tr '\\0' x");
    expect(said.join("")).toHaveLength(100_000);
    expect(said.length).toBeGreaterThan(1);
  });

  test("ends when it is told to", async () => {
    const { ended, stop } = stream("/bin/sh", ["-c", "echo; exec sleep 30"], {
      onLine: () => stop(),
      onError: () => {},
    });
    expect(await ended).toEqual({ code: null, signal: "SIGTERM" });
  });

  test("that is not there is told", async () => {
    const { ended } = stream("/nonexistent/program", [], { onLine: () => {}, onError: () => {} });
    await expect(ended).rejects.toThrow("/nonexistent/program was not found");
  });
});
