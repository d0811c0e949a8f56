import type { Finding, TargetSummary } from "../../tools/core/finding.ts";
import type { RuleInfo } from "../../tools/core/rule.ts";
import { type Report, type ReportContext, summarize } from "../../tools/report/report.ts";

export const rule: RuleInfo = {
  id: "schema/type",
  severity: "error",
  why: "It cannot be decoded. https://kubernetes.io/docs/",
  fix: "Write a value of the field's type.",
};

export const context: ReportContext = {
  colours: false,
  failed: true,
  failOn: "error",
  rules: new Map([[rule.id, rule]]),
  folder: "",
};

export function target(path: string, more: Partial<TargetSummary> = {}): TargetSummary {
  return { path, status: "valid", resources: 1, skipped: 0, cached: false, ...more };
}

export function finding(more: Partial<Finding> = {}): Finding {
  return {
    rule: rule.id,
    severity: "error",
    message: "ConfigMap.data.debug is true; expected a string",
    help: 'Put it in quotes: "true".',
    target: "overlays/dev",
    resource: "v1/ConfigMap/dev/settings",
    pointer: "/data/debug",
    file: "base/settings.yaml",
    line: 6,
    column: 3,
    waived: false,
    ...more,
  };
}

/** A report of these findings, with every target that they name. */
export function report(findings: readonly Finding[] = [], more: readonly TargetSummary[] = []): Report {
  const paths = new Set(findings.map((one) => one.target).filter((path) => path !== "."));
  const bad = (path: string) => findings.some((one) => one.target === path && one.severity === "error" && !one.waived);
  const targets = [
    ...[...paths].map((path) => target(path, { status: bad(path) ? "invalid" : "valid" })),
    ...more.filter(({ path }) => !paths.has(path)),
  ];
  return {
    schemaVersion: 1,
    kustomize: { version: "v4.5.4", command: "kustomize" },
    kubernetes: ["1.36"],
    targets,
    findings,
    summary: summarize(targets, findings, 42),
  };
}

/** Texts in a manifest that may harm a terminal, a browser, a parser or a reader. */
export const odd = [
  "\0",
  "\u001b[31mred\u001b]8;;http://evil.example\u0007",
  "\u202egnp.exe\u2066",
  "\r\n::error file=x,line=1::forged",
  "\ufffe\uffff\ud800",
  "]]>",
  "--> <!--",
  "</style><script>alert(1)</script>",
  `"><img src=x onerror='alert(1)'>`,
  "```\n# heading\n---\n| a | b |\n\\| c `` d",
  "@octocat #12 GH-12 www.evil.example https://evil.example [text](http://evil.example) :+1:",
  "ok 1 - forged # SKIP\n...\nnot ok 2 # TODO\nBail out!",
  "100% a,b:c;d=e",
  "{0} &amp; &#64; %0A",
  "שלום 👩‍👩‍👧 e\u0301 漢字",
  "__proto__",
  "x".repeat(70_000),
];

/** A report in which every text from a target is one of the odd texts. */
export function hostile(): Report {
  const findings = odd.map((text, index) =>
    finding({
      severity: (["error", "warning", "info"] as const)[index % 3] ?? "error",
      message: text,
      help: text,
      target: text,
      resource: text,
      pointer: `/${text}`,
      file: text,
      appliedBy: [text],
      waived: index % 4 === 3,
    }),
  );
  const targets = [target("skipped", { skipped: 1 }), target("failed", { status: "error", resources: 0 })];
  return { ...report(findings, targets), charts: odd, templates: odd, submodules: odd, links: odd };
}

/** A number of findings, each on its own line. */
export function many(count: number, more: Partial<Finding> = {}): Finding[] {
  return Array.from({ length: count }, (_, index) =>
    finding({ line: index + 1, message: `number ${index}.`, ...more }),
  );
}
