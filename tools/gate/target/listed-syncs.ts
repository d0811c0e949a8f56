import { relative } from "node:path";
import type { Resource } from "../../core/resource.ts";
import type { Closure } from "../../load/closure.ts";
import { isManifestName } from "../../load/manifests.ts";
import { readManifest, readText } from "../../parse/file.ts";
import { isSync } from "../../rules/lib/sync/sync.ts";

/** What the files of a kustomization define to be synced, without what the kustomization changes of it. */
export function syncsIn({ files, kustomizations }: Closure, cwd: string): Resource[] {
  const own = kustomizations.map(({ file }) => file);
  const manifests = files.filter((file) => isManifestName(file) && !own.includes(file));
  return manifests.flatMap((file) => {
    const decoded = readText(file, file);
    const mayHold = "text" in decoded && /argoproj\.io|toolkit\.fluxcd\.io/.test(decoded.text);
    return mayHold ? readManifest(decoded, relative(cwd, file)).resources.filter(isSync) : [];
  });
}
