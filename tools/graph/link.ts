import type { Resource } from "../core/resource.ts";
import type { TargetContext } from "../policy/define.ts";
import type { Named } from "../rules/lib/named-references.ts";
import { isFragment, lookUp } from "../rules/lib/reference.ts";

/** What leads from one thing to another, by what it is about. Each reads as a sentence: `frontend calls redis-master`. */
export const families = {
  /** Requests. */
  traffic: ["reaches", "routes-to", "selects", "calls", "scrapes"],
  /** What must be there before pods start, or a controller does anything. */
  needs: ["reads", "mounts", "runs-as", "names", "waits-for"],
  /** What acts on something: how many there are, who may come, what is applied. */
  control: ["scales", "protects", "isolates", "grants-to", "makes", "syncs"],
} as const;

export type Family = keyof typeof families;
export type Relation = (typeof families)[Family][number];

export function familyOf(relation: Relation): Family {
  const names = Object.keys(families) as Family[];
  return names.find((family) => (families[family] as readonly Relation[]).includes(relation)) ?? "needs";
}

/** rendered: by the target. elsewhere: the cluster, a controller or another target has it. missing: nobody has. outside: no part of a cluster. */
export type State = "rendered" | "elsewhere" | "missing" | "outside";

/** What a link leads to that the target does not render. */
export interface Other extends Named {
  readonly state: Exclude<State, "rendered">;
}

export type End = Resource | Other;

export interface Link {
  readonly from: End;
  readonly to: End;
  readonly relation: Relation;
  readonly detail?: string | undefined;
  /** Why it does not hold, where that is known. */
  readonly problem?: string | undefined;
}

export function isResource(end: End): end is Resource {
  return "object" in end;
}

/** Whoever comes from outside the cluster. */
export const clients: Other = { kind: "", namespace: undefined, name: "clients", state: "outside" };

/** What a reference leads to. @param isSure whether what is neither here nor known to be elsewhere is nowhere */
export function endOf(named: Named, context: TargetContext, isSure = true): End {
  const found = lookUp(named, context);
  if (found !== undefined && found !== "provided") return found;
  const isMissing = found === undefined && isSure && !isFragment(context);
  const { kind, namespace, name } = named;
  return { kind, namespace, name, state: isMissing ? "missing" : "elsewhere" };
}
