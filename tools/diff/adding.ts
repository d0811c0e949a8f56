import { isDeepStrictEqual } from "node:util";
import { filesWith } from "../git/grep.ts";
import type { Range } from "../git/range.ts";
import { filesOf, type Side, targetsOf } from "./sides.ts";

/** A Flux Kustomization or an Argo CD Application, and a field that adds something to what it applies. */
const patterns = [
  "(kustomize\\.toolkit\\.fluxcd\\.io|argoproj\\.io)/v",
  '^[ -]*"?(components|images|kustomize|patches|postBuild)"?:',
];

/** Whether something in one of two states may add something to the targets that it applies. */
export async function mayAdd({ base, head }: Range, before: Side, after: Side): Promise<boolean> {
  const [old, now] = await Promise.all([base.commit, head?.commit].map((commit) => addingIn(commit, base.root)));
  if (old === undefined || now === undefined) return true;
  // If they are the same files, they are part of the same targets.
  return isReached(now, after) || (!isDeepStrictEqual(old, now) && isReached(old, before));
}

/** The files that may add something; undefined if they are not known. @param commit undefined for the working tree */
async function addingIn(commit: string | undefined, top: string): Promise<Set<string> | undefined> {
  const [syncs, adding] = await Promise.all(patterns.map((pattern) => filesWith(pattern, commit, top)));
  const known = new Set(adding);
  return adding && syncs && new Set(syncs.filter((file) => known.has(file)));
}

function isReached(files: ReadonlySet<string>, side: Side): boolean {
  if (files.size === 0) return false;
  const filesIn = filesOf(side);
  return [...targetsOf(side).values()].some((target) => filesIn(target)?.files.some((file) => files.has(file)) ?? true);
}
