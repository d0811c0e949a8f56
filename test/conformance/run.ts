import type { Schemas } from "../../tools/validate/index.ts";
import type { Recorded } from "../validate/agreement.ts";
import type { Cluster } from "./cluster.ts";
import type { Seeds } from "./seeds.ts";

export interface Options {
  readonly context: string | undefined;
  readonly random: number;
  readonly seed: number;
  readonly tables: boolean;
  /** Asks about updates of existing objects instead of creates. */
  readonly updates: boolean;
  /** Asks about the custom kinds in the gate, whose definitions must be installed in the cluster. */
  readonly installed: boolean;
  readonly only: string | undefined;
  readonly causes: boolean;
  readonly record: string | undefined;
  /** Also records agreements. */
  readonly all: boolean;
  /** The folder of the tests. */
  readonly tests: string;
  readonly print: (text: string) => void;
}

/** The subjects of the questions, and the cluster to ask. */
export interface Run {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly seeds: Seeds;
  readonly lines: readonly Recorded[];
  readonly schemas: Schemas;
  readonly options: Options;
}
