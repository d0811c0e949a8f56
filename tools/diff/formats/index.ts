import type { DiffReporter } from "./format.ts";
import { json } from "./json.ts";
import { pretty } from "./pretty.ts";

/** Every output format by its name: the help text and the error for an unknown one are made of these keys. */
export const diffReporters = { pretty, json } satisfies Record<string, DiffReporter>;
