import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repository, run } from "../run.ts";
import { failuresOf, missingOf, times } from "./points/writers.ts";
import { stories } from "./stories/index.ts";

const root = join(import.meta.dirname, "../..");

test("every overlay has a story", () => {
  expect(Object.keys(stories).sort()).toEqual(readdirSync(join(root, "overlays")).sort());
});

describe("the proof does not start", () => {
  /** A kubectl stub that knows two contexts, and prints any command that would change something. */
  const folder = repository({
    kubectl: `#!/bin/sh
case "$*" in
*config\\ view*) echo '{"contexts":[{"name":"lab","context":{}},{"name":"kind-lab","context":{}}]}' ;;
*get\\ namespaces*) echo namespace/guestbook-dns ;;
*) echo "touched: $*" ; exit 1 ;;
esac
`,
  });
  chmodSync(join(folder, "kubectl"), 0o755);
  const proof = (...args: string[]) =>
    run(process.execPath, ["test/e2e/run.mjs", ...args], { cwd: root, env: { PATH: `${folder}:${process.env.PATH}` } });

  test.each([
    { why: "without a context", args: [], says: "--context is missing" },
    { why: "with an unknown flag", args: ["--contxt", "lab"], says: "Unknown option" },
    { why: "on an unknown context", args: ["--context", "kind-lap"], says: "there is no context kind-lap" },
    { why: "on a remote context without --yes", args: ["--context", "lab"], says: "lab is not local: add --yes" },
    { why: "for an unknown overlay", args: ["--context", "kind-lab", "dsn"], says: "no such overlay: dsn" },
    {
      why: "if its namespaces are in use",
      args: ["--context", "kind-lab"],
      says: "already exist and may be in use: namespace/guestbook-dns",
    },
  ])("$why", async ({ args, says }) => {
    const { code, stdout, stderr } = await proof(...args);
    expect(stderr).toContain(says);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});

describe("results", () => {
  const done = (entry: string, status: number, ms = 1, said = "") => ({ entry, status, ms, said });

  test("an entry that is lost or stored twice counts as missing", () => {
    expect(missingOf(["a", "b", "c"], ["c", "b", "b", "x"])).toEqual(["a", "b"]);
    expect(missingOf(["a"], ["a"])).toEqual([]);
  });

  test("failures are grouped by status", () => {
    expect(failuresOf([done("a", 200), done("b", 503, 1, "away"), done("c", 0, 1, "cut"), done("d", 503)])).toBe(
      "2 × 503 (away); 1 × 0 (cut)",
    );
  });

  test("times are a median and a 99th percentile", () => {
    const hundred = Array.from({ length: 100 }, (_, i) => done(`${i}`, 200, i + 1));
    expect(times(hundred)).toBe("median 51 ms, 99 % within 100 ms");
    expect(times([])).toBe("median 0 ms, 99 % within 0 ms");
  });
});
