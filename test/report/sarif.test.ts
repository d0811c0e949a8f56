import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Report, ReportContext } from "../../tools/report/report.ts";
import { sarif } from "../../tools/report/sarif.ts";
import { context, finding, hostile, many, report, target } from "./reports.ts";
import validate from "./sarif.schema.json?validate";

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly object[];
  readonly properties: { readonly targets: readonly string[] };
}

interface Run {
  readonly results: readonly Result[];
  readonly invocations: readonly { executionSuccessful: boolean; toolExecutionNotifications?: readonly object[] }[];
  readonly tool: { readonly driver: { readonly rules: readonly { id: string; help: { markdown: string } }[] } };
}

function run(one: Report, more: Partial<ReportContext> = {}): Run {
  const log = JSON.parse(sarif(one, { ...context, ...more }));
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  return log.runs[0];
}

const results = (one: Report, more: Partial<ReportContext> = {}) => run(one, more).results;
const fingerprints = (one: Report) => results(one).map(({ partialFingerprints }) => partialFingerprints["gitops/v1"]);

describe("the requirements of SARIF and GitHub", () => {
  test.each([
    ["an empty report", report()],
    ["a finding", report([finding()])],
    [
      "a finding without a position",
      report([finding({ file: undefined, line: undefined, column: undefined } as object)]),
    ],
    ["hostile text", hostile()],
  ])("%s", (_, one) => {
    expect(results(one)).toHaveLength(one.findings.length);
  });

  test("each result refers to its rule", () => {
    const { results, tool } = run(
      report([finding({ rule: "b/b" }), finding({ line: 9 }), finding({ rule: "a/a", line: 8 })]),
    );
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  });

  test("there are at most as many results as GitHub accepts, the most severe first, and the rest are counted", () => {
    const { results, invocations } = run(report([...many(25_000, { severity: "warning" }), finding({ line: 30_000 })]));
    expect(results).toHaveLength(25_000);
    expect(results[0]?.level).toBe("error");
    expect(invocations[0]?.toolExecutionNotifications).toEqual([
      {
        level: "warning",
        message: { text: "1 more result omitted: GitHub accepts 25000 results and 10 MB compressed" },
      },
    ]);
  });

  test("the file is no larger than GitHub accepts, however long the names", () => {
    const noise = (length: number) => randomBytes(length).toString("base64").slice(0, length);
    const findings = many(3500).map((one) => ({
      ...one,
      message: noise(4000),
      resource: `v1/ConfigMap/${noise(4000)}`,
    }));
    const text = sarif(report(findings), context);
    expect(gzipSync(text).length).toBeLessThan(10_000_000);
    const { results, invocations } = JSON.parse(text).runs[0] as Run;
    expect(results.length).toBeGreaterThan(1500);
    expect(JSON.stringify(invocations)).toContain(`${3500 - results.length} more results omitted`);
  });

  test("a link in a message is shown as text", () => {
    const [result] = results(report([finding({ message: "see [here](http://evil.example)" })]));
    expect(result?.message.text).toContain("[here\\](http://evil.example)");
  });
});

test.each([
  ["error", "error"],
  ["warning", "warning"],
  ["info", "note"],
] as const)("%s has level %s", (severity, level) => {
  expect(results(report([finding({ severity })])).map((result) => result.level)).toEqual([level]);
});

test("only waived findings are suppressed", () => {
  const [open, waived] = results(report([finding(), finding({ line: 9, waived: true })]));
  expect(open?.suppressions).toBeUndefined();
  expect(waived?.suppressions).toEqual([{ kind: "external", status: "accepted" }]);
});

test("a run with a target that could not be read is not successful", () => {
  expect(run(report([], [target("a", { status: "error" })])).invocations[0]?.executionSuccessful).toBe(false);
  expect(run(report([finding()])).invocations[0]?.executionSuccessful).toBe(true);
});

test("a mistake in a base is one result that names all affected targets", () => {
  const findings = ["overlays/dev", "overlays/prod"].map((path) => finding({ target: path }));
  expect(results(report(findings)).map(({ properties }) => properties.targets)).toEqual([
    ["overlays/dev", "overlays/prod"],
  ]);
});

test.each([
  ["base/settings.yaml", "", "base/settings.yaml"],
  ["settings.yaml", "apps/web", "apps/web/settings.yaml"],
  ["../settings.yaml", "apps/web", "apps/settings.yaml"],
  ["a b/ü#?.yaml", "", "a%20b/%C3%BC%23%3F.yaml"],
  ["c:d/100%.yaml", "", "c%3Ad/100%25.yaml"],
  ["\ud800", "", "%EF%BF%BD"],
])("the file %j in the folder %j is %s", (file, folder, uri) => {
  const [result] = results(report([finding({ file })]), { folder });
  expect(result?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(uri);
});

describe("fingerprints", () => {
  const same = { pointer: "/spec/containers/0/image", message: "containers[0].image has no tag" };
  const [fingerprint] = fingerprints(report([finding(same)]));

  test.each([
    ["lines are added above", { line: 90, column: 5 }],
    ["an item is added before", { pointer: "/spec/containers/1/image", message: "containers[1].image has no tag" }],
    ["another overlay reports it first", { target: "overlays/a", resource: "v1/ConfigMap/a/settings" }],
    ["its severity changes", { severity: "warning" }],
  ] as const)("stay the same when %s", (_, change) => {
    expect(fingerprints(report([finding({ ...same, ...change })]))).toEqual([fingerprint]);
  });

  test.each([
    ["rule", { rule: "schema/value" }],
    ["file", { file: "base/other.yaml" }],
    ["name", { resource: "v1/ConfigMap/dev/other" }],
    ["field", { pointer: "/spec/containers/0/name" }],
  ] as const)("differ for another %s", (_, change) => {
    expect(fingerprints(report([finding({ ...same, ...change })]))).not.toEqual([fingerprint]);
  });

  test("differ for equal findings on different lines", () => {
    const both = fingerprints(report([finding(same), finding({ ...same, line: 90 })]));
    expect(both[0]).toBe(fingerprint);
    expect(new Set(both).size).toBe(2);
  });
});

test("the help of a rule has its reason, its links and its fix", () => {
  const { tool } = run(report([finding()]));
  expect(tool.driver.rules[0]?.help.markdown).toBe(
    "It cannot be decoded. https://kubernetes.io/docs/\n\n**Fix:** Write a value of the field's type.",
  );
});
