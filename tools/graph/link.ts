import type { Resource } from "../core/resource.ts";
import type { TargetContext } from "../policy/define.ts";
import type { Named } from "../rules/lib/named-references.ts";
import { isFragment, lookUp } from "../rules/lib/reference.ts";

/** The relations, by family. Each reads as a sentence: `frontend calls redis-master`. */
export const families = {
  /** Requests. */
  traffic: ["reaches", "routes-to", "selects", "calls", "scrapes"],
  /** What must exist before pods start, or before a controller does anything. */
  needs: ["reads", "mounts", "runs-as", "names", "waits-for"],
  /** What acts on something: its replicas, who may connect, what is applied. */
  control: ["scales", "protects", "isolates", "grants-to", "makes", "syncs"],
} as const;

export type Family = keyof typeof families;
export type Relation = (typeof families)[Family][number];

/** The family of a relation. */
export function familyOf(relation: Relation): Family {
  const names = Object.keys(families) as Family[];
  return names.find((family) => (families[family] as readonly Relation[]).includes(relation)) ?? "needs";
}

/** rendered: by the target. elsewhere: in the cluster, from a controller or another target. missing: it does not exist. outside: not part of a cluster. */
export type State = "rendered" | "elsewhere" | "missing" | "outside";

/** An end of a link that the target does not render. */
export interface Other extends Named {
  readonly state: Exclude<State, "rendered">;
}

export type End = Resource | Other;

/** A sentence: `from`, `relation`, `to`. */
export interface Link {
  readonly from: End;
  readonly to: End;
  readonly relation: Relation;
  readonly detail?: string | undefined;
  /** Why it does not work, if known. */
  readonly problem?: string | undefined;
}

/** Whether the target renders the end. */
export function isResource(end: End): end is Resource {
  return "object" in end;
}

/** Clients outside the cluster. */
export const clients: Other = { kind: "", namespace: undefined, name: "clients", state: "outside" };

/** The end that a reference points to. @param isSure whether a resource that is not found here or elsewhere is missing */
export function endOf(named: Named, context: TargetContext, isSure = true): End {
  const found = lookUp(named, context);
  if (found !== undefined && found !== "provided") return found;
  const isMissing = found === undefined && isSure && !isFragment(context);
  const { kind, namespace, name } = named;
  return { kind, namespace, name, state: isMissing ? "missing" : "elsewhere" };
}
