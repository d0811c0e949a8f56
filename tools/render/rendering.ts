import type { Additions } from "../core/additions.ts";
import type { Rendered, Target } from "../core/resource.ts";
import type { Closure } from "../load/closure.ts";
import type { Workspace } from "../load/paths.ts";
import type { Observer } from "../system/observe.ts";
import type { Limits } from "./build.ts";
import type { Kustomize } from "./kustomize.ts";

/** The output of kustomize, and the program that made it: the configured kustomize, or kubectl in its place. */
export interface Rendering {
  readonly text: string;
  readonly kustomize: Kustomize;
}

/** The place in the memory for the rendering of a target. */
export interface RenderingPlace {
  readonly get: () => Rendering | undefined;
  /** Stores the rendering, unless a file has changed since it was read. */
  readonly put: (rendering: Rendering) => void;
}

/** Remembers renderings by the folder of their target and all the files that they are made of. */
export interface RenderingMemory {
  /** @param edited what kustomizations contain instead of what is in their files */
  placeOf(
    folder: string,
    closure: Closure,
    kustomize: Kustomize | undefined,
    edited?: string,
  ): RenderingPlace | undefined;
}

export interface RenderOptions extends Workspace {
  /** Renders the kustomizations; see `findKustomize`. Undefined if there are only manifests. */
  readonly kustomize: Kustomize | undefined;
  /** The number of concurrent builds; default: one per core, plus one. */
  readonly jobs?: number | undefined;
  readonly limits?: Partial<Limits>;
  /** Provides kustomize 5 if the pinned one is too old for a target; default: kubectl on PATH. */
  readonly modern?: () => Promise<Kustomize | undefined>;
  /** The remembered renderings. */
  readonly renderings?: RenderingMemory | undefined;
  /** What a controller adds to the targets before it builds them. */
  readonly additions?: Additions | undefined;
  /** The observer of all the files that a target is made of. */
  readonly observer?: (target: Target) => Observer | undefined;
}

/** A rendered target, and how it was rendered. */
export interface RenderedTarget extends Rendered {
  /** The kustomize that rendered it; undefined for manifests, and if nothing was run. */
  readonly kustomize: Kustomize | undefined;
  /** The files that it was made of; undefined for manifests. */
  readonly closure: Closure | undefined;
  /** The output of kustomize. */
  readonly text?: string;
  /** Whether it did not render; some `problems`, such as duplicate keys, do not prevent rendering. */
  readonly failed: boolean;
  /**
   * It was rendered without the charts, plugins and remote entries of its kustomizations, which nothing here evaluates: what
   * these add is not known. It has `failed`, too, and the problems say what was left out.
   */
  readonly isPartial?: true;
  /** The files whose manifests are not known, as shown: they do not parse, or a program has to fill them in first. */
  readonly unread: readonly string[];
  /** Whether kustomize was stopped or killed, so that a retry may succeed. */
  readonly passing: boolean;
  /** Milliseconds of wall time. */
  readonly durationMs: number;
}

/** The result of rendering a kustomization or manifests. */
export type Made = Omit<RenderedTarget, "target" | "durationMs">;
