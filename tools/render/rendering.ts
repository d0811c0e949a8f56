import type { Rendered, Target } from "../core/resource.ts";
import type { Closure } from "../load/closure.ts";
import type { Workspace } from "../load/paths.ts";
import type { Observer } from "../system/observe.ts";
import type { Limits } from "./build.ts";
import type { Kustomize } from "./kustomize.ts";

/** What kustomize printed, and which one it was: the one that was asked, or kubectl's in its place. */
export interface Rendering {
  readonly text: string;
  readonly kustomize: Kustomize;
}

/** Where the rendering of a target is kept, or would be. */
export interface RenderingPlace {
  readonly get: () => Rendering | undefined;
  /** Unless a file has changed since it was looked at. */
  readonly put: (rendering: Rendering) => void;
}

/** Remembers renderings: knows the place of each, by the folder of its target and all that is made of. */
export interface RenderingMemory {
  placeOf(folder: string, closure: Closure, kustomize: Kustomize | undefined): RenderingPlace | undefined;
}

export interface RenderOptions extends Workspace {
  /** With what kustomizations are rendered; see `findKustomize`. Undefined where there are only manifests. */
  readonly kustomize: Kustomize | undefined;
  /** Builds at the same time; default: one a core, and one more. */
  readonly jobs?: number | undefined;
  readonly limits?: Partial<Limits>;
  /** Where a kustomize 5 comes from when the pinned one is too old for a target; default: kubectl on PATH. */
  readonly modern?: () => Promise<Kustomize | undefined>;
  /** What was rendered before. */
  readonly renderings?: RenderingMemory | undefined;
  /** Who is told of all that a target is made of. */
  readonly observer?: (target: Target) => Observer | undefined;
}

/** A rendered target, and how it came to be. */
export interface RenderedTarget extends Rendered {
  /** With which kustomize; none for manifests, and where nothing was run. */
  readonly kustomize: Kustomize | undefined;
  /** What it was made of; undefined for manifests. */
  readonly closure: Closure | undefined;
  /** What kustomize printed. */
  readonly text?: string;
  /** Whether it rendered: `problems` of duplicate keys and the like do not hinder. */
  readonly failed: boolean;
  /** It was stopped or killed: another try may end otherwise. */
  readonly passing: boolean;
  /** Milliseconds of wall time. */
  readonly durationMs: number;
}

/** What one way of rendering gives. */
export type Made = Omit<RenderedTarget, "target" | "durationMs">;
