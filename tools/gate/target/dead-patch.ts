import { join } from "../../core/pointer.ts";
import type { LocatedProblem, Target } from "../../core/resource.ts";
import { deadPatch } from "../../rules/gitops/dead-patch.ts";
import { type DeadEntry, deadEntries, type Followed, type Kustomized } from "./dead-entries.ts";
import type { PartialRenderings } from "./partial-renderings.ts";

const names: Readonly<Record<string, string>> = {
  images: "this image",
  labels: "this label",
  commonLabels: "this label",
  replicas: "this number of replicas",
  replacements: "this replacement",
};

const reasons: Readonly<Record<DeadEntry["because"], string>> = {
  nothing: "applies to nothing",
  equal: "only repeats what is already set",
  later: "is overridden by a later entry",
};

/**
 * The problems of `gitops/dead-patch`, for each target that includes the kustomization. An entry that applies to
 * nothing is an error; one that repeats a value may be intended, to keep the value if the other one changes.
 *
 * @returns pairs of a target and a problem
 */
export async function deadPatches(
  targets: readonly Kustomized[],
  renderings: PartialRenderings,
  shared: Followed,
): Promise<[Target, LocatedProblem][]> {
  const dead = await deadEntries(targets, renderings, shared);
  return dead.flatMap((entry) => {
    const problem = problemOf(entry);
    const using = targets.filter(({ closure }) => closure.kustomizations.some(({ shown }) => shown === entry.file));
    return using.map(({ target }): [Target, LocatedProblem] => [target, problem]);
  });
}

/** The problem with an entry. */
export function problemOf({ file, field, token, at, because, meant }: DeadEntry): LocatedProblem {
  const message = `${names[field] ?? "this patch"} ${reasons[because]}: the output is the same without it`;
  const pointer = join(join("", field), token);
  const severity = because === "nothing" ? "error" : "warning";
  const help = because === "nothing" ? adviceOn(meant) : "Remove it, or correct what it sets.";
  return { rule: deadPatch.id, pointer, message, severity, help, file, line: at.line, column: at.column };
}

/** @param meant the name before a prefix or suffix is added */
function adviceOn(meant: string | undefined): string {
  if (meant === undefined) return deadPatch.fix;
  return `Write ${meant} as the name of the target: patches are applied before namePrefix and nameSuffix of the same kustomization.`;
}
