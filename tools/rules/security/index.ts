import type { Policy } from "../../policy/define.ts";
import { clusterAdmin } from "./cluster-admin.ts";
import { defaultServiceAccount } from "./default-service-account.ts";
import { dockerSocket } from "./docker-socket.ts";
import { plaintextSecret } from "./plaintext-secret.ts";
import { podStandards } from "./pod-standards/index.ts";
import { rbacWildcard } from "./rbac-wildcard.ts";
import { readOnlyRootFilesystem } from "./read-only-root-filesystem.ts";
import { secretInConfig } from "./secret-in-config.ts";
import { secretInEnv } from "./secret-in-env.ts";
import { serviceAccountToken } from "./service-account-token.ts";
import { tlsMissing } from "./tls-missing.ts";

/** The Pod Security Standards, and security rules beyond them. */
export const security: readonly Policy[] = [
  ...podStandards,
  readOnlyRootFilesystem,
  serviceAccountToken,
  defaultServiceAccount,
  secretInEnv,
  secretInConfig,
  plaintextSecret,
  rbacWildcard,
  clusterAdmin,
  dockerSocket,
  tlsMissing,
];
