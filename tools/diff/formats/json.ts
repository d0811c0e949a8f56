import { printed } from "../../report/json.ts";
import type { DiffReporter } from "./format.ts";

/** The report as JSON, for other programs. Its JSON Schema is `../diff.schema.json`. */
export const json: DiffReporter = (report) => printed(report);
