import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resourceOf, type Target } from "../../tools/core/resource.ts";
import { traceFindings } from "../../tools/trace/trace.ts";
import { fixtures, read as readFixture, targetsOf } from "./fixture.ts";

const deployment = resourceOf({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: { replicas: 2, template: { spec: { containers: [{ name: "web", image: "nginx:1" }] } } },
});

function trace(files: Record<string, string>, pointer = "/spec/replicas", resource = deployment) {
  const known = new Map(Object.entries(files));
  const target: Target = { path: "t", kind: "kustomization" };
  return traceFindings(target, [{ resource, pointer }], { read: (path) => known.get(path) })[0];
}

const WEB = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1}\n";
const KUSTOMIZATION = { file: "t/kustomization.yaml", line: 1, column: 1 };

describe("falls back", () => {
  test("to nothing without a kustomization", () => {
    expect(trace({})).toBeUndefined();
    expect(traceFindings({ path: "-", kind: "stdin" }, [{ resource: deployment, pointer: "" }], { read })).toEqual([
      undefined,
    ]);
  });

  test.each([
    ["a missing base", "resources: [../missing]"],
    ["a remote base", "resources: [https://example.com/base?ref=v1]"],
    ["an absolute path", "resources: [/etc/passwd]"],
    ["a cycle", "resources: [.]"],
    ["YAML that does not parse", "resources: [web.yaml\n  : {"],
    ["a list", "- resources"],
    ["a chart", "helmCharts: [{name: x, repo: y}]"],
  ])("to the kustomization: %s", (_, text) => {
    expect(trace({ "t/kustomization.yaml": text })).toEqual(KUSTOMIZATION);
  });

  test("to the kustomization when reading fails", () => {
    const tools = {
      read: (path: string) => {
        if (path !== "t/kustomization.yaml") throw new Error("EISDIR");
        return "resources: [web.yaml]";
      },
    };
    const found = traceFindings({ path: "t", kind: "kustomization" }, [{ resource: deployment, pointer: "" }], tools);
    expect(found).toEqual([KUSTOMIZATION]);
  });

  test("to the most similar resource if the name does not match", () => {
    const files = {
      "t/kustomization.yaml": "resources: [web.yaml]",
      "t/web.yaml": WEB.replace("replicas: 1", "replicas: 2"),
    };
    const renamed = resourceOf({ ...deployment.object, metadata: { name: "other" }, spec: { replicas: 2 } });
    expect(trace(files, "/spec/replicas", renamed)).toEqual({ file: "t/web.yaml", line: 4, column: 8 });
    const unlike = resourceOf({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "z" }, a: 1, b: 2, c: 3 });
    expect(trace(files, "/spec/replicas", unlike)).toEqual(KUSTOMIZATION);
  });
});

describe("versions of kustomize differ", () => {
  const files = {
    "t/kustomization.yaml": [
      "resources: [web.yaml]",
      "replacements:",
      "  - sourceValue: 2",
      "    targets: [{select: {name: w.b}, fieldPaths: [spec.replicas]}]",
    ].join("\n"),
    "t/web.yaml": WEB,
  };
  const replicas = (count: number) => resourceOf({ ...deployment.object, spec: { replicas: count } });

  test("the rendered value shows whether a replacement was applied", () => {
    expect(trace(files, "/spec/replicas", replicas(2))).toEqual({ file: "t/kustomization.yaml", line: 3, column: 5 });
    expect(trace(files, "/spec/replicas", replicas(1))).toEqual({ file: "t/web.yaml", line: 4, column: 8 });
  });
});

describe("hostile files", { timeout: 120_000 }, () => {
  test.each([
    ["__proto__", "/__proto__/polluted"],
    ["constructor", "/constructor/prototype"],
    ["toString", "/toString"],
  ])("keys do not affect prototypes: %s", (key, pointer) => {
    const text = `${WEB}${key}: {polluted: true, prototype: 1}\n`;
    const resource = resourceOf({ ...deployment.object });
    expect(trace({ "t/kustomization.yaml": "resources: [web.yaml]", "t/web.yaml": text }, pointer, resource)).toEqual({
      file: "t/web.yaml",
      line: 5,
      column: expect.any(Number),
    });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("aliases that multiply exponentially", () => {
    const lines = Array.from({ length: 60 }, (_, i) => `  a${i + 1}: &a${i + 1} {x: *a${i}, y: *a${i}}`);
    const bomb = `${WEB}bomb:\n  a0: &a0 {z: 1}\n${lines.join("\n")}\n`;
    expectFast({
      "t/kustomization.yaml": "resources: [web.yaml]\npatches: [{path: bomb.yaml}]\nimages: [{name: x, newTag: y}]",
      "t/web.yaml": bomb,
      "t/bomb.yaml": bomb,
    });
  });

  test("bases that multiply exponentially", () => {
    const files: Record<string, string> = { "t/kustomization.yaml": "resources: [../b20/one, ../b20/two]" };
    for (let i = 20; i > 0; i--) {
      const below = i === 1 ? "../../web" : `../../b${i - 1}`;
      const bases = i === 1 ? `[${below}]` : `[${below}/one, ${below}/two]`;
      files[`b${i}/one/kustomization.yaml`] = `namePrefix: a\nresources: ${bases}`;
      files[`b${i}/two/kustomization.yaml`] = `namePrefix: b\nresources: ${bases}`;
    }
    files["web/kustomization.yaml"] = "resources: [web.yaml]";
    files["web/web.yaml"] = WEB;
    expectFast(files);
  });

  test.each([
    ["deep collections", `${WEB}deep: ${"[".repeat(100_000)}`],
    ["a deep block", `${WEB}deep:\n${Array.from({ length: 3000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")}`],
    ["a very long line", `${WEB}long: "${"x".repeat(2_000_000)}"`],
    ["many documents", `${WEB}${"---\n".repeat(300_000)}`],
    ["many keys", WEB + Array.from({ length: 200_000 }, (_, i) => `k${i}: 1`).join("\n")],
  ])("%s", (_, text) => {
    expectFast({
      "t/kustomization.yaml": "resources: [web.yaml]\npatches: [{path: web.yaml}]\ncommonLabels: {a: b}",
      "t/web.yaml": text,
    });
  });

  /** Exponential work would take years. CPU time is measured, so other load on the machine does not matter. */
  function expectFast(files: Record<string, string>): void {
    const start = process.cpuUsage();
    trace(files);
    expect(process.cpuUsage(start).user).toBeLessThan(30_000_000);
  }
});

test("randomly damaged files never make it throw", { timeout: 60_000 }, () => {
  const names = fixtures();
  const damage = fc.record({
    fixture: fc.constantFrom(...names),
    every: fc.integer({ min: 2, max: 40 }),
    kind: fc.constantFrom("drop", "double", "swap", "indent", "cut"),
    pointer: fc.constantFrom("", "/spec", "/spec/template/spec/containers/0/image", "/metadata/labels/a", "/x/0/y"),
  });
  const check = ({
    fixture,
    every,
    kind,
    pointer,
  }: {
    fixture: string;
    every: number;
    kind: string;
    pointer: string;
  }) => {
    const read = (path: string) => damaged(readFixture(path), every, kind);
    for (const path of targetsOf(fixture)) {
      const target: Target = { path: `${fixture}/${path}`, kind: "kustomization" };
      expect(traceFindings(target, [{ resource: deployment, pointer }], { read })).toHaveLength(1);
    }
  };
  fc.assert(fc.property(damage, check), { numRuns: 400 });
});

function damaged(text: string | undefined, every: number, kind: string): string | undefined {
  const lines = text?.split("\n") ?? [];
  const changed = lines.flatMap((line, i) => {
    if (i % every !== every - 1) return [line];
    if (kind === "drop") return [];
    if (kind === "double") return [line, line];
    if (kind === "indent") return [`  ${line}`];
    return kind === "cut" ? [line.slice(0, line.length / 2)] : [line.replace(/(\w+): (\w+)/, "$2: $1")];
  });
  return text === undefined ? undefined : changed.join("\n");
}

function read(): undefined {
  return undefined;
}
