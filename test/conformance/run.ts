import type { Schemas } from "../../tools/validate/index.ts";
import type { Recorded } from "../validate/agreement.ts";
import type { Cluster } from "./cluster.ts";
import type { Seeds } from "./seeds.ts";

export interface Options {
  readonly context: string | undefined;
  readonly random: number;
  readonly seed: number;
  readonly tables: boolean;
  /** Asks about updates of objects that are really there, instead of creates. */
  readonly updates: boolean;
  /** Asks about the custom kinds that come with the gate, whose definitions the cluster must have. */
  readonly installed: boolean;
  readonly only: string | undefined;
  readonly causes: boolean;
  readonly record: string | undefined;
  /** Records what agrees as well. */
  readonly all: boolean;
  /** The folder of the tests. */
  readonly tests: string;
  readonly print: (text: string) => void;
}

/** What the questions are about, and who is asked. */
export interface Run {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly seeds: Seeds;
  readonly lines: readonly Recorded[];
  readonly schemas: Schemas;
  readonly options: Options;
}
