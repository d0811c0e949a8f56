import { isDeepStrictEqual } from "node:util";
import { FileGroups } from "../cache/file-groups.ts";
import type { Memo } from "../cache/memo.ts";
import type { Json } from "../core/json.ts";
import { type Discovered, discoverAll, kustomizationsIn } from "../load/discover.ts";
import { outlineAt } from "../load/kustomization-targets.ts";
import { observed } from "../system/observe.ts";
import { digest } from "../system/snapshot.ts";

/** The result of a search and the outlines of kustomizations that it depends on. */
export interface CachedSearch {
  readonly found: Discovered;
  /** Digest of the paths of all kustomizations that were read. */
  readonly files: string;
  /** Digests of their outlines, by group; see {@link FileGroups}. */
  readonly digests: readonly (readonly [key: string, digest: string])[];
}

/**
 * Like `discoverAll`, but cached: reads only kustomizations that have changed, and searches the folders only if a folder has
 * changed or a kustomization now affects the targets differently.
 *
 * @param known the cached search, if no folder has changed
 */
export async function searchTargets(
  paths: readonly string[],
  cwd: string,
  memo: Memo,
  key: string,
  known: CachedSearch | undefined,
): Promise<Discovered> {
  if (!memo.remembers) return discoverAll(paths, { cwd });
  const recording = memo.recording();
  const outlines = new FileGroups(memo, `${key} outlines`, outlineAt);
  const files = filesOf(key, memo, known) ?? observed(recording, () => kustomizationsIn(paths, { cwd }));
  const digests = outlines.digests(files);
  if (known !== undefined && isDeepStrictEqual(known.digests, digests)) return known.found;
  const each = outlines.each(files);
  const found = observed(recording, () => discoverAll(paths, { cwd }, (file) => each.get(file) ?? outlineAt(file)));
  // Changes of these files are tracked by the groups.
  for (const file of files) if (memo.snapshot.isPlain(file)) recording.drop(file);
  const list = digest(files.join("\n"));
  memo.put(key, recording, { found, files: list, digests } satisfies CachedSearch as unknown as Json);
  memo.put(keyOfFiles(key), memo.recording(), [list, files]);
  return found;
}

function keyOfFiles(key: string): string {
  return `${key}, kustomizations`;
}

/** The kustomizations found by the cached search; undefined if they are unknown. */
function filesOf(key: string, memo: Memo, known: CachedSearch | undefined): string[] | undefined {
  const [list, files] = (memo.get(keyOfFiles(key)) ?? []) as [string?, string[]?];
  return known !== undefined && list === known.files ? files : undefined;
}
