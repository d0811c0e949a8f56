import validate from "../../tools/diff/diff.schema.json?validate";
import type { Change, DiffReport } from "../../tools/diff/report.ts";
import { gitops, type Run, type RunOptions } from "../run.ts";

/** The report of `gitops diff … -o json`. @throws if it violates its schema */
export async function diffReport(
  args: readonly string[],
  options: RunOptions,
): Promise<Run & { readonly report: DiffReport }> {
  const ended = await gitops(["diff", ...args, "-o", "json"], options);
  if (ended.stdout === "") throw new Error(`gitops diff ended with ${ended.code} and no report: ${ended.stderr}`);
  const report = JSON.parse(ended.stdout) as DiffReport;
  if (!validate(report)) throw new Error(JSON.stringify(validate.errors));
  return { ...ended, report };
}

/** A change in one line: `changed Deployment/web: rolling-restart`. */
export function summaryLine({ action, kind, name, effects }: Change): string {
  return `${action} ${kind}/${name}: ${effects.join(", ")}`;
}
