import type { DefaultTable } from "./default.ts";
import { configDefaults } from "./defaults-config.ts";
import { podDefaults } from "./defaults-pod.ts";
import { storageDefaults } from "./defaults-storage.ts";
import { workloadDefaults } from "./defaults-workload.ts";

/** What the API server fills in, kinds as a whole first, then what they are made of (`SetObjectDefaults_*`). */
export const defaults: DefaultTable = { ...podDefaults, ...workloadDefaults, ...storageDefaults, ...configDefaults };
