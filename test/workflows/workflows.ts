import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";

/** The repository's root. */
export const root = join(import.meta.dirname, "../..");

/** The fields of a step that the tests read. */
export interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly shell?: string;
}

/** The fields of a job that the tests read. */
export interface Job {
  readonly steps?: readonly Step[];
  readonly uses?: string;
  readonly permissions?: unknown;
  readonly secrets?: unknown;
  readonly "timeout-minutes"?: number;
  readonly "runs-on"?: string;
}

/** A workflow, or an action as a workflow with one job. */
export interface Workflow {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** Its triggers; none for an action. */
  readonly on: readonly string[];
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = ".github/workflows";

/** Every workflow of the repository. */
export const workflows: readonly Workflow[] = readdirSync(join(root, folder)).map((name) => read(`${folder}/${name}`));

/** Every action of the repository. */
export const actions: readonly Workflow[] = [read("action.yml")];

function read(file: string): Workflow {
  const text = readFileSync(join(root, file), "utf8");
  return { file, text, ...parsed(text) };
}

interface Raw {
  readonly name?: string;
  readonly on?: string | readonly string[] | Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs?: Workflow["jobs"];
  readonly runs?: Job;
}

/** @param text of a workflow or an action */
export function parsed(text: string): Omit<Workflow, "file" | "text"> {
  const { name = "", on = [], permissions, jobs, runs = {} } = load(text) as Raw;
  const triggers = typeof on === "string" ? [on] : Array.isArray(on) ? on : Object.keys(on);
  return { name, on: triggers, permissions, jobs: jobs ?? { action: runs } };
}

/** Every step with its place. */
export function stepsOf({ file, jobs }: Workflow): (Step & { readonly where: string })[] {
  return Object.entries(jobs).flatMap(([job, { steps = [] }]) =>
    steps.map((step, index) => ({ ...step, where: `${file} ${job} ${step.name ?? step.uses ?? index}` })),
  );
}
