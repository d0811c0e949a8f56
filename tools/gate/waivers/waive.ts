import type { Finding } from "../../core/finding.ts";
import type { LocatedProblem, Target } from "../../core/resource.ts";
import { applyWaivers } from "../../policy/waivers.ts";
import { findingsOf, rulebookOf } from "../findings.ts";
import type { GateInput } from "../input.ts";
import { targetName } from "../target/name.ts";
import { locateWaiver, type WaiverFile } from "./file.ts";

/** Treats the repository as a target, to turn its own problems into findings. */
export function repositoryFindings(problems: readonly LocatedProblem[], input: GateInput): Finding[] {
  const issues = problems.map((problem) => ({ problem }));
  const target: Target = { path: ".", kind: "manifests" };
  return findingsOf({ target, issues }, [], rulebookOf(target, input));
}

/** Rules about changes since a base. */
const ofChanges = new Set(["apply/immutable-field", "gitops/deletion-budget"]);

/**
 * Marks waived findings, and adds findings about the waivers themselves.
 *
 * @param since the comparison with a base, if there is one
 */
export function waive(
  findings: readonly Finding[],
  file: WaiverFile,
  input: GateInput,
  since: { readonly gone: readonly Target[] } | undefined,
): Finding[] {
  const { rules, waivers, targets, coverage } = input;
  const { findings: marked, problems } = applyWaivers(findings, file.waivers, {
    rules: new Set(rules.byId.keys()),
    targets: [...targets, ...(since?.gone ?? [])].map(({ path }) => path),
    nameOf: (target: string) => targetName(target, input.config.root, input.cwd),
    today: waivers.today,
    isComplete: coverage.isComplete,
    idle: since === undefined ? ofChanges : new Set(),
  });
  // Whether a waiver covers anything is known only when the shards' reports are merged.
  const reported = coverage.otherShards.length > 0 ? [] : problems;
  return [
    ...marked,
    ...repositoryFindings(
      reported.map((problem) => locateWaiver(file, problem)),
      input,
    ),
  ];
}
