import type { DiffReport } from "../report.ts";

/** What a report is laid out with, beside what changed. */
export interface DiffContext {
  /** Standard output is a terminal that shows colours, and this report goes there. */
  readonly colours: boolean;
}

/** Lays a report out. No decision is made here. */
export type DiffReporter = (report: DiffReport, context: DiffContext) => string;
