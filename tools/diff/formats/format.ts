import type { JsonObject } from "../../core/json.ts";
import type { DiffReport } from "../report.ts";

/** What a reporter needs besides the report. */
export interface DiffContext {
  /** Whether this report goes to a terminal that shows colours. */
  readonly colours: boolean;
  /** The width of that terminal; undefined if there is none. */
  readonly columns?: number | undefined;
  /** Every object whose manifests differ, even if the difference has no effect. */
  readonly objects: readonly ObjectPair[];
}

/** The manifests of one object; undefined on a side without the object. */
export interface ObjectPair {
  readonly target: string;
  /** The id in the report. */
  readonly resource: string;
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
}

/** Formats a report. It only presents: all decisions are already in the report. */
export type DiffReporter = (report: DiffReport, context: DiffContext) => string;
