import { amount } from "../core/amount.ts";
import type { Finding } from "../core/finding.ts";
import { groupBy } from "../core/group.ts";
import type { RuleInfo } from "../core/rule.ts";
import { installable } from "../validate/crds/catalog.ts";
import { adviceOnKind, bundledElsewhere, patternOf } from "../validate/unknown-kind.ts";
import { type Advice, listed } from "./advice.ts";

export const unknownKind = "schema/unknown-kind";

/** The resources of unknown kinds: a repository with operators has many until it is configured. */
export interface Unknown {
  /** `135 resources of 35 unknown kinds` */
  readonly size: string;
  readonly severity: Finding["severity"];
  /** `cert-manager.io/v1: Certificate, ClusterIssuer (2)`, a line per API version. */
  readonly lines: readonly string[];
  /** The settings that fix them. */
  readonly advice: readonly Advice[];
}

/** Up to this number, they are shown one by one, at their places. */
const few = 5;

/**
 * Separates the findings about unknown kinds, if there are many: people decide about kinds, not about single resources.
 * New findings since the base, and those that suggest a similar name, remain among the others.
 */
export function withoutUnknown(
  findings: readonly Finding[],
  rules: ReadonlyMap<string, RuleInfo>,
): { readonly rest: readonly Finding[]; readonly unknown: Unknown | undefined } {
  const isAlike = (one: Finding) => {
    const named = kindOf(one);
    if (one.rule !== unknownKind || one.waived || one.status === "new" || named === undefined) return false;
    return one.help === adviceOnKind(named);
  };
  const alike = findings.filter(isAlike);
  const [first] = alike;
  if (first === undefined || alike.length <= few) return { rest: findings, unknown: undefined };
  const versions = groupBy(
    alike.flatMap((one) => kindOf(one) ?? []),
    ({ apiVersion }) => apiVersion,
  );
  const lines = [...versions.keys()].sort().map((version) => lineOf(version, countsOf(versions.get(version) ?? [])));
  const kinds = [...versions.values()].reduce((sum, some) => sum + countsOf(some).size, 0);
  return {
    rest: findings.filter((one) => !isAlike(one)),
    unknown: {
      size: `${amount(alike.length, "resource")} of ${amount(kinds, "unknown kind")}`,
      severity: first.severity,
      lines,
      advice: adviceOn(alike, rules.get(unknownKind)?.fix),
    },
  };
}

const moves = "If the cluster serves the bundled version, set apiVersion to it.";

function adviceOn(alike: readonly Finding[], fix = ""): Advice[] {
  const named = alike.flatMap((one) => kindOf(one) ?? []);
  const projects = new Set(named.flatMap(({ apiVersion, kind }) => installable(apiVersion, kind) ?? []));
  const others = named.filter(({ apiVersion, kind }) => installable(apiVersion, kind) === undefined);
  const isMoved = others.some((one) => bundledElsewhere(one).length > 0);
  const patterns = new Set(others.map(patternOf));
  const known =
    "The gate includes the definitions of these. In gitops.yaml, list those that the cluster has installed:";
  return [
    { help: known, key: "installed", names: [...projects] },
    { help: `${isMoved ? `${moves} ` : ""}${fix} For all of them:`, key: "allowUnknownKinds", names: [...patterns] },
  ].flatMap(({ help, key, names }) => (names.length === 0 ? [] : [{ help, setting: listed(key, names.sort()) }]));
}

interface Named {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The API version and kind at the start of an id; undefined if they do not look like these. */
function kindOf({ resource }: Finding): Named | undefined {
  const [, apiVersion, kind] = /^((?:[\w.-]+\/)?v\d\w*)\/(\w+)\//.exec(resource ?? "") ?? [];
  return apiVersion === undefined || kind === undefined ? undefined : { apiVersion, kind };
}

/** The number of resources of each kind. */
function countsOf(named: readonly Named[]): Map<string, number> {
  return new Map([...groupBy(named, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length]));
}

function lineOf(apiVersion: string, counts: ReadonlyMap<string, number>): string {
  const named = [...counts].map(([kind, count]) => {
    const notes = [...(count === 1 ? [] : [count]), ...bundledIn({ apiVersion, kind })].join(", ");
    return notes === "" ? kind : `${kind} (${notes})`;
  });
  return `${apiVersion}: ${named.sort().join(", ")}`;
}

/** `bundled in v1` for a kind whose own version is not bundled. */
function bundledIn(named: Named): string[] {
  const versions = bundledElsewhere(named).map(({ apiVersion }) => apiVersion.slice(apiVersion.indexOf("/") + 1));
  return versions.length === 0 ? [] : [`bundled in ${versions.join(" and ")}`];
}
