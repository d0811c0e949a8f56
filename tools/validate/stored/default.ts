import type { Json, JsonObject } from "../../core/json.ts";

/** The value of a field that is absent; or what a function of the object that holds it makes of it, absent or not. */
export type Default = Json | ((holder: JsonObject) => Json | undefined);

/** By type, then by field, in the order in which they are set. */
export type DefaultTable = Readonly<Record<string, Readonly<Record<string, Default>>>>;
