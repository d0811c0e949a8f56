import type { JsonObject } from "../../core/json.ts";
import type { DiffReport } from "../report.ts";

/** What a report is laid out with, beside what changed. */
export interface DiffContext {
  /** Standard output is a terminal that shows colours, and this report goes there. */
  readonly colours: boolean;
  /** How wide that terminal is; undefined where there is none. */
  readonly columns?: number | undefined;
  /** Every object that is not the same in the manifests, whether or not that means anything. */
  readonly objects: readonly ObjectPair[];
}

/** The manifests of one object, undefined on the side that does not have it. */
export interface ObjectPair {
  readonly target: string;
  /** As the report names it. */
  readonly resource: string;
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
}

/** Lays a report out. No decision is made here. */
export type DiffReporter = (report: DiffReport, context: DiffContext) => string;
