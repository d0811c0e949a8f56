import type { Json } from "../core/json.ts";
import type { Effect, Reason } from "./effect.ts";
import type { Forecast } from "./forecast/report.ts";

/** What changes between two revisions and what that does to the cluster: the JSON report, and the source of all formats. */
export interface DiffReport {
  readonly schemaVersion: 1;
  /** The requested revision and its commit. */
  readonly base: string;
  /** The same for HEAD; `working tree` if no revision was requested. */
  readonly head: string;
  readonly targets: readonly TargetChange[];
  readonly changes: readonly Change[];
  readonly forecast?: Forecast;
  readonly summary: DiffSummary;
}

/** What happens to a target. `error`: one of the two sides does not render, or only in part; `problems` has the reason. */
export interface TargetChange {
  readonly path: string;
  readonly status: "added" | "removed" | "renamed" | "changed" | "unchanged" | "error";
  /** The old path. */
  readonly from?: string;
  readonly problems?: readonly SideProblem[];
}

/** Why a side of a target does not render, or only in part. */
export interface SideProblem {
  readonly side: "base" | "head";
  readonly message: string;
  readonly help?: string;
  readonly file?: string;
  readonly line?: number;
  /** The side was rendered without this entry, and compared. */
  readonly partial?: true;
}

/** One object that changes. */
export interface Change {
  readonly target: string;
  /** The id in HEAD; for a removed object, the id in the base. */
  readonly resource: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly action: "added" | "removed" | "changed";
  /** Most dangerous first. */
  readonly effects: readonly Effect[];
  readonly fields: readonly ChangedField[];
  /** Why it has these effects. */
  readonly reasons: readonly Reason[];
  /** The old id. */
  readonly renamedFrom?: string;
  /** For a removed object: whether Argo CD and Flux delete it when pruning is on. */
  readonly pruned?: boolean;
  /** Workloads that restart because of it and have no other change. */
  readonly rollouts?: readonly string[];
  /** Where to edit it in HEAD. */
  readonly file?: string;
  readonly line?: number;
}

/** A field that changes. */
export interface ChangedField {
  readonly pointer: string;
  /** Readable path: `spec.template.spec.containers[web].image`. */
  readonly path: string;
  /** Null if missing. Values of Secrets are hidden, long values are shortened. */
  readonly before: Json;
  readonly after: Json;
  /** The most dangerous effect. */
  readonly effect: Effect;
  /** For drift: the other manager that last wrote the field, and when, from `managedFields`. */
  readonly by?: { readonly manager: string; readonly time?: string };
  readonly file?: string;
  readonly line?: number;
}

/** The numbers of changes. */
export interface DiffSummary {
  /** Number of targets by status. */
  readonly targets: Readonly<Record<TargetChange["status"], number>>;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Number of objects by effect; an object with two effects counts twice. */
  readonly effects: Readonly<Record<Effect, number>>;
  readonly durationMs: number;
}
