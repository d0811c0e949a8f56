import type { Finding } from "../core/finding.ts";
import { fromOutside } from "../load/words.ts";
import { amount } from "./words.ts";

/** What mends many findings at once. */
export interface Advice {
  readonly help: string;
  /** The lines of gitops.yaml that do. */
  readonly setting: string;
}

/** More names than that are a line each. */
const inLine = 4;

/** A list of words in YAML. */
export function listed(key: string, names: readonly string[]): string {
  return names.length > inLine
    ? [`${key}:`, ...names.map((name) => `  - ${name}`)].join("\n")
    : `${key}: [${names.join(", ")}]`;
}

/** Several targets that one setting would render: nobody is to find that out from hundreds of findings. */
export interface Unread {
  /** `90 targets read files from outside of a kustomization's folder` */
  readonly size: string;
  readonly advice: Advice;
}

/** Undefined where it is one target at most. */
export function readsOutside(findings: readonly Finding[]): Unread | undefined {
  const targets = new Set(
    findings.flatMap(({ help, target, waived }) => (help === fromOutside && !waived ? [target] : [])),
  );
  if (targets.size < 2) return undefined;
  return {
    size: `${amount(targets.size, "target")} read files from outside of a kustomization's folder`,
    advice: {
      help: "Where Flux alone builds them, or Argo CD with --load-restrictor LoadRestrictionsNone, say so in gitops.yaml:",
      setting: "loadRestrictor: LoadRestrictionsNone",
    },
  };
}
