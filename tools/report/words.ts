import { amount } from "../core/amount.ts";
import type { Finding, TargetSummary } from "../core/finding.ts";
import type { Report, Summary } from "./report.ts";
import { visible } from "./style.ts";

/** `2 errors, 1 warning`: the number of findings of each severity, without zeros. */
export function counts(findings: readonly Finding[]): string {
  return (["error", "warning", "info"] as const)
    .map((severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const)
    .filter(([count]) => count > 0)
    .map(([count, severity]) => amount(count, severity))
    .join(", ");
}

/** As {@link counts}, with the number of waived findings: `1 error, 2 waived`. */
export function found(findings: readonly Finding[]): string {
  const open = findings.filter(({ waived }) => !waived);
  const waived = findings.length - open.length;
  return [counts(open), waived > 0 && `${waived} waived`].filter(Boolean).join(", ");
}

/** `7 resources, 2 skipped (no schema)`, or why the target could not be read. */
export function sizeOf(target: TargetSummary, findings: readonly Finding[]): string {
  const size = target.status === "error" ? failure(target, findings) : amount(target.resources, "resource");
  return target.skipped > 0 ? `${size}, ${target.skipped} skipped (no schema)` : size;
}

/** Why a target could not be read. Some have resources: manifests, and kustomizations with charts, may be read in part. */
function failure({ resources }: TargetSummary, findings: readonly Finding[]): string {
  const has = (pattern: RegExp) => findings.some(({ rule }) => pattern.test(rule));
  // Turning the rule off does not make the target render.
  const off = has(/^(?:render\/|schema\/(?:parse-error|empty-render)$|gitops\/remote-base$)/) ? "" : `: ${unexplained}`;
  const part = has(/^(?:render\/plugin|gitops\/remote-base)$/) ? "partly rendered" : "partly unreadable";
  if (resources > 0) return `${amount(resources, "resource")}, ${part}${off}`;
  if (has(/^schema\/parse-error$/)) return "not readable";
  if (has(/^schema\/empty-render$/)) return "empty";
  // Without resources, the field is one of the kustomization.
  return `not rendered${has(/^schema\/unknown-field$/) ? "" : off}`;
}

const unexplained = "the rule that explains why is off, but a target that was not checked is never clean";

/** The totals of a run in one line; it always includes the numbers of skipped resources and waived findings. */
export function counted({ summary, base, findings }: Report): string {
  const { targets, resources, skipped, errors, warnings, waived } = summary;
  const checked = `${amount(targets, "target")}, ${amount(resources, "resource")} checked, ${skipped} skipped`;
  const all = `${checked}: ${amount(errors, "error")}, ${amount(warnings, "warning")}, ${waived} waived`;
  return base === undefined
    ? all
    : `${all}; since ${visible(base.ref)}: ${changed(summary)}${hidden(summary, findings)}`;
}

/** `, 2 old not shown`, if old findings were left out. */
function hidden({ old = 0 }: Summary, findings: readonly Finding[]): string {
  return old > 0 && !findings.some(({ status, waived }) => status === "old" && !waived) ? `, ${old} old not shown` : "";
}

/** `1 new, 3 fixed, 2 stale waivers`. */
function changed({ new: added = 0, fixed = 0, staleWaivers = 0 }: Summary): string {
  return `${added} new, ${fixed} fixed${staleWaivers > 0 ? `, ${amount(staleWaivers, "stale waiver")}` : ""}`;
}

/** `Kubernetes 1.36, kustomize v4.5.4, 42 ms`, including any other kustomize that rendered some of the targets. */
export function conditions({ kubernetes, kustomize, summary, targets }: Report): string {
  const others = new Set(targets.flatMap((target) => target.kustomize ?? []));
  const versions = [...(kustomize ? [kustomize.version] : []), ...[...others].sort()];
  const renderer = versions.length > 0 ? `, kustomize ${visible(versions.join(" and "))}` : "";
  return `Kubernetes ${kubernetes.join(", ")}${renderer}, ${summary.durationMs} ms`;
}

/** A text of at most `most` UTF-16 code units, with an ellipsis if it was cut; never ends in half a character. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/**
 * Two texts that begin alike without most of what is the same, so that both show where they differ when they are cut to
 * `most` characters.
 */
export function fromDifference(was: string, is: string, most: number): [string, string] {
  if (Math.max(was.length, is.length) <= most) return [was, is];
  let alike = 0;
  while (alike < was.length && was[alike] === is[alike]) alike++;
  const start = alike - Math.floor(most / 3);
  if (alike < most - 10 || start <= 0) return [was, is];
  const [first, second] = [was, is].map((text) => `…${text.slice(start).replace(/^[\udc00-\udfff]/, "")}`);
  return [first as string, second as string];
}
