import { UserError } from "../../core/errors.ts";
import type { Finding } from "../../core/finding.ts";
import type { Report, ShardNotes } from "../../report/report.ts";

/** The report of a shard, and the file that it was read from. */
export interface Part {
  readonly file: string;
  readonly report: Report & { readonly shard: ShardNotes };
}

/** The merged reports of all shards. */
export interface Merged {
  readonly report: Pick<
    Report,
    "kustomize" | "kubernetes" | "targets" | "unmatched" | "charts" | "templates" | "submodules" | "links"
  >;
  /** Before waivers. */
  readonly findings: readonly Finding[];
  readonly durationMs: number;
  readonly notes: Pick<ShardNotes, "judge" | "whole" | "costs" | "facts" | "crashed">;
}

/** Rules about waivers are evaluated again after merging, because they need all findings. */
const ofWaivers = ["gitops/waiver-unused", "gitops/waiver-expired", "gitops/waiver-unknown"];

/**
 * Merges the reports of all shards of one run.
 *
 * @throws UserError if a report is missing, duplicate, superfluous, or from another run.
 */
export function merge(parts: readonly Part[]): Merged {
  const sorted = [...parts].sort((a, b) => a.report.shard.index - b.report.shard.index);
  demandAll(sorted);
  const reports = sorted.map(({ report }) => report);
  const [{ kubernetes, charts, templates, submodules, links, shard }] = reports as [Part["report"]];
  const whole = reports.every((report) => report.shard.whole);
  const unmatched = whole ? idleInAll(reports.flatMap((report) => (report.shard.idle ? [report.shard.idle] : []))) : [];
  const targets = reports.flatMap((report) => report.targets).sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    report: {
      kustomize: reports.find(({ kustomize }) => kustomize !== null)?.kustomize ?? null,
      kubernetes,
      targets,
      ...(unmatched.length > 0 && { unmatched }),
      ...(charts && { charts }),
      ...(templates && { templates }),
      ...(submodules && { submodules }),
      ...(links && { links }),
    },
    findings: reports.flatMap(({ findings }) => findings.filter(({ rule }) => !ofWaivers.includes(rule))),
    durationMs: reports.reduce((sum, { summary }) => sum + summary.durationMs, 0),
    notes: {
      ...(shard.judge !== undefined && { judge: shard.judge }),
      whole,
      costs: Object.fromEntries(reports.flatMap((report) => Object.entries(report.shard.costs)).sort()),
      facts: reports.flatMap((report) => report.shard.facts),
      crashed: reports.some((report) => report.shard.crashed),
    },
  };
}

/** The policies that match nothing in any shard with targets. */
function idleInAll([first = [], ...others]: readonly (readonly string[])[]): string[] {
  return first.filter((id) => others.every((idle) => idle.includes(id)));
}

function demandAll(parts: readonly Part[]): void {
  const [first] = parts;
  if (first === undefined) throw new UserError("pass the reports of all shards: gitops report merge shard-*.json");
  const { of, plan } = first.report.shard;
  for (const { file, report } of parts) {
    const other = differing(report, first.report);
    if (other !== undefined)
      throw new UserError(
        `${file} and ${first.file} are from different runs: they differ in ${other}; run all shards with the same options`,
      );
  }
  const beyond = parts.find(({ report }) => report.shard.index > of);
  if (beyond !== undefined)
    throw new UserError(`${beyond.file} is from shard ${beyond.report.shard.index}/${of}, which does not exist`);
  for (let index = 1; index <= of; index++) {
    const found = parts.filter(({ report }) => report.shard.index === index).map(({ file }) => file);
    if (found.length === 0) throw new UserError(`the report of shard ${index}/${of} is missing`);
    if (found.length > 1) throw new UserError(`${found.join(" and ")} are both from shard ${index}/${of}`);
  }
  if (plan === "") throw new UserError(`${first.file} does not say how its targets were distributed`);
}

/** What differs between two reports that must be the same in one run; undefined if nothing does. */
function differing(one: Part["report"], other: Part["report"]): string | undefined {
  const [a, b] = [one.shard, other.shard];
  if (a.of !== b.of) return "the number of shards";
  if (a.plan !== b.plan) return "how targets are distributed (the targets, or --costs)";
  if (a.whole !== b.whole) return "the targets that were named";
  if (a.judge !== b.judge) return "--judged-by";
  if (JSON.stringify(one.kubernetes) !== JSON.stringify(other.kubernetes)) return "--kubernetes";
  const isOther = one.kustomize && other.kustomize && one.kustomize.version !== other.kustomize.version;
  return isOther ? "the version of kustomize" : undefined;
}
