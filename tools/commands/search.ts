import { ByContent } from "../cache/by-content.ts";
import type { Memo } from "../cache/memo.ts";
import { rememberedLater } from "../cache/remembered.ts";
import type { Json } from "../core/json.ts";
import { type Discovered, discoverAll, kustomizationsIn, saidBy } from "../load/discover.ts";
import { aspects } from "../system/observe.ts";
import { digest } from "../system/snapshot.ts";

/**
 * As `discoverAll`, and remembered: of kustomizations only those are read that have changed, and the folders are gone through
 * only where one has changed, or a kustomization says something else of which targets there are.
 */
export async function search(paths: readonly string[], cwd: string, memo: Memo, key: string): Promise<Discovered> {
  if (!memo.remembers) return discoverAll(paths, { cwd });
  const inFolders = `${key} kustomizations`;
  const files = await rememberedLater(memo, inFolders, async () => kustomizationsIn(paths, { cwd }));
  const sayings = new ByContent(memo, `${key} sayings`, saidBy);
  const said = new Map(files.map((file) => [file, sayings.of(file)]));
  sayings.keep();
  const bySayings = `${key} ${digest(JSON.stringify([...said]))}`;
  const found = await rememberedLater(memo, bySayings, async () =>
    discoverAll(paths, { cwd }, (file) => said.get(file) ?? saidBy(file)),
  );
  const recording = memo.recording();
  for (const file of files) recording.see(file, aspects.kind | aspects.content);
  for (const part of [inFolders, bySayings]) memo.follow(part, recording);
  memo.put(key, recording, found as unknown as Json);
  return found;
}
