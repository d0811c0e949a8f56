import type { Policy } from "../../policy/define.ts";
import { podStandards } from "./pod-standards/index.ts";

export const security: readonly Policy[] = [...podStandards];
