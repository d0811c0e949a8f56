import type { Json, JsonObject } from "../../core/json.ts";
import { configDefaults } from "./defaults-config.ts";
import { podDefaults } from "./defaults-pod.ts";
import { storageDefaults } from "./defaults-storage.ts";
import { workloadDefaults } from "./defaults-workload.ts";

/** The value of a field that is absent; or what a function of the object that holds it makes of it, absent or not. */
export type Default = Json | ((holder: JsonObject) => Json | undefined);

/** By type, then by field, in the order in which they are set. */
export type DefaultTable = Readonly<Record<string, Readonly<Record<string, Default>>>>;

/** What the API server fills in, kinds as a whole first, then what they are made of (`SetObjectDefaults_*`). */
export const defaults: DefaultTable = { ...podDefaults, ...workloadDefaults, ...storageDefaults, ...configDefaults };
