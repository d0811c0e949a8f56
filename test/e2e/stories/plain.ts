import type { Bed } from "../bed.ts";
import { documentsUrls, entriesThroughEach } from "../points/guestbook.ts";
import { everySlaveFollows } from "../points/replication.ts";
import { documentsCleanup, down, settled, up } from "../points/running.ts";
import type { Steps } from "../proof.ts";

/** The points of every overlay. @param between proves the overlay's own points, given the URL that `up` printed, if any */
export async function plain(
  overlay: string,
  mode: "dns" | "env",
  bed: Bed,
  steps: Steps,
  between: (url: string | undefined) => Promise<void> = async () => {},
): Promise<void> {
  let url: string | undefined;
  const isUp = await steps("gitops up brings it up", async () => {
    ({ url } = await up(bed, `overlays/${overlay}`));
    return url;
  });
  if (isUp) {
    await steps("the document's URLs answer", () => documentsUrls(bed, overlay));
    await steps("an entry written through a frontend is read through the others", () =>
      entriesThroughEach(bed, overlay),
    );
    await steps(`slaves find the master by ${mode} and replicate`, () => everySlaveFollows(bed, overlay, mode));
    await between(url);
    await steps("a second up changes nothing, status is healthy", () => settled(bed, `overlays/${overlay}`));
  }
  await steps("the document's cleanup leaves nothing behind", () => documentsCleanup(bed, overlay));
  await steps("gitops down removes the rest", () => down(bed, overlay));
}
