import type { Position } from "./node.ts";

/**
 * An entry of a kustomization that should change resources, and its effect in one of the kustomizations that use it.
 */
export interface Step {
  /** The folder of the kustomization that is rendered; for a component, that of the kustomization that uses it. */
  readonly user: string;
  /** The kustomization file, as shown in reports. */
  readonly file: string;
  readonly field: string;
  /** The index in a list, or the key in a map. */
  readonly token: number | string;
  readonly at: Position;
  /** Whether it applies to a resource, even without changing it. */
  readonly touches: boolean;
  /** Whether it changes a resource. */
  readonly changes: boolean;
  /** Whether later entries of the same kustomization leave at least one of its changes alone. */
  readonly lasts: boolean;
  /** Whether it asserts a value or keeps two values equal, so that it is useful even without a change. */
  readonly holds: boolean;
  /** The name that its target should have, if it is written with a prefix or suffix that is added later. */
  readonly meant?: string | undefined;
}

/** The effect of an entry, before that of later entries is known. */
export interface Seen extends Omit<Step, "changes" | "lasts"> {
  /** What it changed, by resource and path. */
  readonly changed: ReadonlySet<string>;
}
