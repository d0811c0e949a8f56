import type { Json } from "../core/json.ts";
import type { Effect, Reason } from "./effect.ts";
import type { Forecast } from "./forecast/report.ts";

/** What changes between two revisions, and what that does to the cluster: the JSON report, and what the others show. */
export interface DiffReport {
  readonly schemaVersion: 1;
  /** As it was asked for, and the commit that it is. */
  readonly base: string;
  /** The same of HEAD; `working tree` where nothing was asked for. */
  readonly head: string;
  readonly targets: readonly TargetChange[];
  readonly changes: readonly Change[];
  readonly forecast?: Forecast;
  readonly summary: DiffSummary;
}

/** What became of a target. `error`: one of the two sides does not render, and `problems` say why. */
export interface TargetChange {
  readonly path: string;
  readonly status: "added" | "removed" | "renamed" | "changed" | "unchanged" | "error";
  /** The path that it had. */
  readonly from?: string;
  readonly problems?: readonly SideProblem[];
}

export interface SideProblem {
  readonly side: "base" | "head";
  readonly message: string;
  readonly help?: string;
  readonly file?: string;
  readonly line?: number;
}

/** One object that changes. */
export interface Change {
  readonly target: string;
  /** As it is in HEAD; one that is removed, as it was. */
  readonly resource: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly action: "added" | "removed" | "changed";
  /** The most dangerous first. */
  readonly effects: readonly Effect[];
  readonly fields: readonly ChangedField[];
  /** Why it has these effects. */
  readonly reasons: readonly Reason[];
  /** What it was called before. */
  readonly renamedFrom?: string;
  /** Of a removed object: whether Argo CD and Flux, told to prune, delete it. */
  readonly pruned?: boolean;
  /** Workloads that restart because of it, and change in nothing else. */
  readonly rollouts?: readonly string[];
  /** Where a person edits it in HEAD. */
  readonly file?: string;
  readonly line?: number;
}

export interface ChangedField {
  readonly pointer: string;
  /** For a person: `spec.template.spec.containers[web].image`. */
  readonly path: string;
  /** Null where there is nothing. Values of Secrets are hidden, long ones are cut. */
  readonly before: Json;
  readonly after: Json;
  /** The most dangerous one. */
  readonly effect: Effect;
  /** Of drift: who else wrote it last, and when, as the API server remembers it. */
  readonly by?: { readonly manager: string; readonly time?: string };
  readonly file?: string;
  readonly line?: number;
}

export interface DiffSummary {
  /** Targets by what became of them. */
  readonly targets: Readonly<Record<TargetChange["status"], number>>;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Objects by effect; one with two effects counts for both. */
  readonly effects: Readonly<Record<Effect, number>>;
  readonly durationMs: number;
}
