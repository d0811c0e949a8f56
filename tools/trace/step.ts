import type { Position } from "./node.ts";

/** An entry of a kustomization that is meant to change resources, and what it does in one place where it is used. */
export interface Step {
  /** The folder of the kustomization that is rendered: for a component, of the one that uses it. */
  readonly user: string;
  /** The kustomization file, as reports name it. */
  readonly file: string;
  readonly field: string;
  /** The index in a list, the key of a map. */
  readonly token: number | string;
  readonly at: Position;
  /** It applies to some resource, whether that is changed or not. */
  readonly touches: boolean;
  /** Something is different from before. */
  readonly changes: boolean;
  /** Not all that it changes is set again by later entries of the same kustomization. */
  readonly lasts: boolean;
  /** It asserts something, or keeps two values the same: that nothing changes is as it should be. */
  readonly holds: boolean;
}

/** What one entry did, before what comes after it is known. */
export interface Seen extends Omit<Step, "changes" | "lasts"> {
  /** What is different, by resource and path. */
  readonly changed: ReadonlySet<string>;
}
