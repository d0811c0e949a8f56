import { UserError } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import type { Report, ShardNotes } from "../report/report.ts";

/** A report of one shard, and where it was read. */
export interface Part {
  readonly file: string;
  readonly report: Report & { readonly shard: ShardNotes };
}

/** What shards say, taken together. */
export interface Merged {
  readonly report: Pick<
    Report,
    "kustomize" | "kubernetes" | "targets" | "unmatched" | "charts" | "templates" | "links"
  >;
  /** Before waivers. */
  readonly findings: readonly Finding[];
  readonly durationMs: number;
  readonly notes: Pick<ShardNotes, "judge" | "whole" | "costs" | "facts" | "crashed">;
}

/** Of waivers only who has seen all findings can tell whether they cover something. */
const ofWaivers = ["gitops/waiver-unused", "gitops/waiver-expired", "gitops/waiver-unknown"];

/**
 * Takes the reports of all shards of one run together.
 *
 * @throws UserError when one is missing, is there twice, is one too many, or comes from another run.
 */
export function merge(parts: readonly Part[]): Merged {
  const sorted = [...parts].sort((a, b) => a.report.shard.index - b.report.shard.index);
  demandAll(sorted);
  const reports = sorted.map(({ report }) => report);
  const [{ kubernetes, charts, templates, links, shard }] = reports as [Part["report"]];
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

/** The policies that every shard with targets found to be about nothing. */
function idleInAll([first = [], ...others]: readonly (readonly string[])[]): string[] {
  return first.filter((id) => others.every((idle) => idle.includes(id)));
}

function demandAll(parts: readonly Part[]): void {
  const [first] = parts;
  if (first === undefined) throw new UserError("name the reports of the shards: gitops report merge shard-*.json");
  const { of, plan } = first.report.shard;
  for (const { file, report } of parts) {
    const other = differing(report, first.report);
    if (other !== undefined)
      throw new UserError(
        `${file} and ${first.file} are of different runs: they differ in ${other}; run all shards alike`,
      );
  }
  const beyond = parts.find(({ report }) => report.shard.index > of);
  if (beyond !== undefined)
    throw new UserError(`${beyond.file} says that it is of shard ${beyond.report.shard.index}/${of}, which no run has`);
  for (let index = 1; index <= of; index++) {
    const found = parts.filter(({ report }) => report.shard.index === index).map(({ file }) => file);
    if (found.length === 0) throw new UserError(`the report of shard ${index}/${of} is missing`);
    if (found.length > 1) throw new UserError(`${found.join(" and ")} are both of shard ${index}/${of}`);
  }
  if (plan === "") throw new UserError(`${first.file} does not say how its targets were distributed`);
}

/** In what two reports differ that parts of one run have alike. */
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
