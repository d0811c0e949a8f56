import type { Json, JsonObject } from "../../core/json.ts";

/**
 * The value of an absent field, or a function that computes the field, absent or not, from the object that holds it.
 */
export type Default = Json | ((holder: JsonObject) => Json | undefined);

/** Defaults by type and field, in the order in which they are set. */
export type DefaultTable = Readonly<Record<string, Readonly<Record<string, Default>>>>;
