import { amount } from "../core/amount.ts";
import type { Finding } from "../core/finding.ts";
import { fromOutside } from "../load/messages.ts";

/** A setting that fixes many findings at once. */
export interface Advice {
  readonly help: string;
  /** The lines for gitops.yaml. */
  readonly setting: string;
}

/** The most names in one line; more get a line each. */
const inLine = 4;

/** A YAML list of words under a key. */
export function listed(key: string, names: readonly string[]): string {
  return names.length > inLine
    ? [`${key}:`, ...names.map((name) => `  - ${name}`)].join("\n")
    : `${key}: [${names.join(", ")}]`;
}

/** Several targets that one setting would render, which is easy to miss among hundreds of findings. */
export interface Unread {
  /** `90 targets read files outside a kustomization's folder` */
  readonly size: string;
  readonly advice: Advice;
}

/** The targets that do not render as they read files outside a kustomization's folder; undefined for fewer than two. */
export function readsOutside(findings: readonly Finding[]): Unread | undefined {
  const targets = new Set(
    findings.flatMap(({ help, target, waived }) => (help === fromOutside && !waived ? [target] : [])),
  );
  if (targets.size < 2) return undefined;
  return {
    size: `${amount(targets.size, "target")} read files outside a kustomization's folder`,
    advice: {
      help: "If only Flux builds them, or Argo CD with --load-restrictor LoadRestrictionsNone, set this in gitops.yaml:",
      setting: "loadRestrictor: LoadRestrictionsNone",
    },
  };
}
