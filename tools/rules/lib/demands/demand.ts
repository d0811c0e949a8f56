import type { Severity } from "../../../core/finding.ts";
import type { Json, JsonObject } from "../../../core/json.ts";

/** What a controller demands of one object, beyond the schema of its kind. */
export interface Demand {
  /** Where the values are that it is about, with `*` for every item of a list. */
  readonly path: string;
  /** What is wrong with a value; undefined if the controller accepts it. `spec` is that of the object. */
  readonly judge: (value: Json, spec: JsonObject) => Wrong | undefined;
}

export interface Wrong {
  /** What the object does, in words that follow its name: `has …`. */
  readonly does: string;
  readonly help?: string;
  /** Points from the value to the part that is wrong. */
  readonly at?: string;
  readonly severity?: Severity;
}

/** The demands by kind, with its group. */
export type Demands = Readonly<Record<string, readonly Demand[]>>;
