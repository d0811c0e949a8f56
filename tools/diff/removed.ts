import type { Resource } from "../core/resource.ts";
import { leavesOutSame } from "../load/left-out.ts";
import type { RenderedTarget } from "../render/rendering.ts";
import { pairResources } from "./pairs.ts";

/**
 * Whether objects that only the base renders may still be there: HEAD does not render everything, and what it leaves out is
 * not the same as in the base.
 */
export function mayHaveMoved(base: RenderedTarget | undefined, head: RenderedTarget | undefined): boolean {
  if (base?.closure === undefined || head?.closure === undefined || !head.isPartial) return false;
  return !leavesOutSame(base.closure, head.closure);
}

/** Resources of the base without those that HEAD lacks. */
export function withoutRemoved(before: readonly Resource[], after: readonly Resource[]): Resource[] {
  return pairResources(before, after).flatMap(({ before: was, after: is }) => (was && is ? [was] : []));
}
