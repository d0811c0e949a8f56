import { type Bed, demand } from "../bed.ts";
import { inside, serviceUrl } from "./pods.ts";
import { up } from "./running.ts";
import { settledEntries } from "./writers.ts";

const key = "e2e-many";

/** `down` without --volumes keeps the data, and the next `up` finds it. */
export async function claimOutlivesDown(bed: Bed, overlay: string): Promise<string> {
  const before = await settledEntries(bed, overlay, await serviceUrl(bed, overlay), key);
  const { code, text } = await bed.gitops(["down", `overlays/${overlay}`, "--context", bed.context, "--yes"]);
  demand(code === 0 && /PersistentVolumeClaim redis-master-data is kept/.test(text), `gitops down:\n${text}`);
  const pods = await bed.kubectl(["get", "pods", ...inside(overlay), "-o", "name"]);
  demand(pods === "", `gitops down leaves ${pods} behind`);
  await up(bed, `overlays/${overlay}`);
  const after = await settledEntries(bed, overlay, await serviceUrl(bed, overlay), key);
  demand(before.length > 0 && before.join() === after.join(), `${before.length} entries before, ${after.length} after`);
  return `${after.length} entries before and after`;
}
