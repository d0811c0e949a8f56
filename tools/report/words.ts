import type { Finding, TargetSummary } from "../core/finding.ts";
import type { Report, Summary } from "./report.ts";
import { visible } from "./style.ts";

/** `1 error`, `2 errors`, `2 info`. */
export function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 || noun === "info" ? "" : "s"}`;
}

/** `2 errors, 1 warning`: how many findings of each severity there are; nothing where there are none. */
export function counts(findings: readonly Finding[]): string {
  return (["error", "warning", "info"] as const)
    .map((severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const)
    .filter(([count]) => count > 0)
    .map(([count, severity]) => amount(count, severity))
    .join(", ");
}

/** As {@link counts}, with those that are waived: `1 error, 2 waived`. */
export function found(findings: readonly Finding[]): string {
  const open = findings.filter(({ waived }) => !waived);
  const waived = findings.length - open.length;
  return [counts(open), waived > 0 && `${waived} waived`].filter(Boolean).join(", ");
}

/** `7 resources, 2 without a schema skipped`, or what kept the target from being read. */
export function sizeOf(target: TargetSummary, findings: readonly Finding[]): string {
  const size = target.status === "error" ? failure(target, findings) : amount(target.resources, "resource");
  return target.skipped > 0 ? `${size}, ${target.skipped} without a schema skipped` : size;
}

/** Files of manifests may be read in part; what kustomize does not render is not there at all. */
function failure({ resources }: TargetSummary, findings: readonly Finding[]): string {
  const isTold = (pattern: RegExp) => findings.some(({ rule }) => pattern.test(rule));
  // Who turns that off has not made it rendered.
  const off = isTold(/^(?:render\/|schema\/(?:parse-error|empty-render)$|gitops\/remote-base$)/) ? "" : `: ${unsaid}`;
  if (resources > 0) return `${amount(resources, "resource")}, not all of them readable${off}`;
  if (isTold(/^schema\/parse-error$/)) return "not readable";
  return isTold(/^schema\/empty-render$/) ? "empty" : `not rendered${off}`;
}

const unsaid = "the rule that says why is off, and what is not judged is not clean";

/** All that was checked and found, in a line: what was skipped and waived is never left out. */
export function counted({ summary, base, findings }: Report): string {
  const { targets, resources, skipped, errors, warnings, waived } = summary;
  const checked = `${amount(targets, "target")}, ${amount(resources, "resource")} checked, ${skipped} skipped`;
  const all = `${checked}: ${amount(errors, "error")}, ${amount(warnings, "warning")}, ${waived} waived`;
  return base === undefined
    ? all
    : `${all}; since ${visible(base.ref)}: ${changed(summary)}${hidden(summary, findings)}`;
}

/** What is old, and was left out. */
function hidden({ old = 0 }: Summary, findings: readonly Finding[]): string {
  return old > 0 && !findings.some(({ status, waived }) => status === "old" && !waived) ? `, ${old} old not shown` : "";
}

/** `1 new, 3 fixed, 2 stale waivers`. */
function changed({ new: added = 0, fixed = 0, staleWaivers = 0 }: Summary): string {
  return `${added} new, ${fixed} fixed${staleWaivers > 0 ? `, ${amount(staleWaivers, "stale waiver")}` : ""}`;
}

/** `Kubernetes 1.36, kustomize v4.5.4, 42 ms`; with those that rendered some targets in its place. */
export function conditions({ kubernetes, kustomize, summary, targets }: Report): string {
  const others = new Set(targets.flatMap((target) => target.kustomize ?? []));
  const versions = [...(kustomize ? [kustomize.version] : []), ...[...others].sort()];
  const renderer = versions.length > 0 ? `, kustomize ${visible(versions.join(" and "))}` : "";
  return `Kubernetes ${kubernetes.join(", ")}${renderer}, ${summary.durationMs} ms`;
}

/** At most so many units of UTF-16, no character cut in two; an ellipsis says where something is missing. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
