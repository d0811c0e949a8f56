declare module "*?rules" {
  import type { Policy } from "guestbook-gitops/policy";

  /** The rules that the files of a folder export. */
  const rules: readonly Policy[];
  export default rules;
}

declare module "*?validate" {
  import type { ValidateFunction } from "ajv";

  const validate: ValidateFunction;
  export default validate;
}

declare module "policies?validators" {
  import type { ValidateFunction } from "ajv";

  /** From a schema, as JSON, to its validator. */
  export const compiled: ReadonlyMap<string, ValidateFunction>;
}

declare module "*/ajv-options.mjs" {
  import type { Options } from "ajv";

  export const policyOptions: Options;
}

declare module "build?id" {
  /** Tells this build from others. */
  export const build: string;
}

declare module "*/fresh.mjs" {
  /** Whether a folder holds a whole build of sources as they are. */
  export function isFresh(out: string, entries: object, sources: readonly string[]): boolean;
  export function markFresh(out: string, entries: object, sources: readonly string[]): void;
}
