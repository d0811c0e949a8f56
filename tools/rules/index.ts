import type { Policy } from "../policy/define.ts";
import { link } from "./link/index.ts";

/** The rules that come with the gate, beside what the API server itself demands: one file each, listed by family. */
export const rules: readonly Policy[] = [...link];
