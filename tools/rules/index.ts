import type { Policy } from "../policy/define.ts";
import { discovery } from "./discovery/index.ts";
import { gitops } from "./gitops/index.ts";
import { link } from "./link/index.ts";
import { reliability } from "./reliability/index.ts";
import { security } from "./security/index.ts";

/** The rules of the gate beyond what the API server itself demands: one file each, listed by family. */
export const rules: readonly Policy[] = [...link, ...discovery, ...security, ...reliability, ...gitops];
