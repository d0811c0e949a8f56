import type { Policy } from "../../policy/define.ts";
import { plaintextSecret } from "./plaintext-secret.ts";
import { podStandards } from "./pod-standards/index.ts";
import { secretInConfig } from "./secret-in-config.ts";
import { secretInEnv } from "./secret-in-env.ts";

export const security: readonly Policy[] = [...podStandards, secretInEnv, secretInConfig, plaintextSecret];
