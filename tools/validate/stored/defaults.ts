import type { DefaultTable } from "./default.ts";
import { configDefaults } from "./defaults-config.ts";
import { podDefaults } from "./defaults-pod.ts";
import { storageDefaults } from "./defaults-storage.ts";
import { workloadDefaults } from "./defaults-workload.ts";

/** The defaults that the API server fills in (`SetObjectDefaults_*`). */
export const defaults: DefaultTable = { ...podDefaults, ...workloadDefaults, ...storageDefaults, ...configDefaults };
