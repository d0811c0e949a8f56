import { evictionsKeepTheBudget } from "../points/disruption.ts";
import { documentsUrls, entriesThroughEach } from "../points/guestbook.ts";
import { killedMasterKeepsEntries, masterAway } from "../points/master.ts";
import { policiesAreEnforced, policiesByRule, policiesHold } from "../points/network.ts";
import { page } from "../points/page.ts";
import { everySlaveFollows, killedSlaveCatchesUp } from "../points/replication.ts";
import { rollingUpdate } from "../points/rolling.ts";
import { down, settled, up } from "../points/running.ts";
import { restricted } from "../points/standard.ts";
import { claimOutlivesDown } from "../points/volumes.ts";
import { documentsWay, everyEntryIsThere } from "../points/writers.ts";
import type { Story } from "./story.ts";

const overlay = "production";

export const production: Story = async (bed, steps) => {
  const isUp = await steps("gitops up brings it up", async () => (await up(bed, `overlays/${overlay}`)).url);
  if (isUp) {
    await steps("its namespace enforces the restricted standard", () => restricted(bed, overlay));
    await steps("the document's URLs answer", () => documentsUrls(bed, overlay));
    await steps("an entry written through a frontend is read through the others", () =>
      entriesThroughEach(bed, overlay),
    );
    await steps("slaves replicate, found by dns", () => everySlaveFollows(bed, overlay, "dns"));
    await steps("a killed slave comes back and catches up", () => killedSlaveCatchesUp(bed, overlay));
    await steps("50 clients × 200 entries at once", () => everyEntryIsThere(bed, overlay));
    await steps("the same, the document's way", () => documentsWay(bed, overlay));
    await steps("with the master away reads go on, writes get a clear error", () => masterAway(bed, overlay));
    await steps("a master killed under load loses no acknowledged entry", () => killedMasterKeepsEntries(bed, overlay));
    await steps("a rolling update under load fails no request", () => rollingUpdate(bed, overlay));
    await steps("a drain takes no more than the budget", () => evictionsKeepTheBudget(bed, overlay));
    const enforced = await policiesAreEnforced(bed);
    if (enforced) await steps("network policies keep strangers out", () => policiesHold(bed, overlay));
    else await steps("network policies, which nothing here enforces, hold by rule", () => policiesByRule(bed));
    await steps("the page, in a browser", () => page(bed, overlay));
    await steps("a second up changes nothing, status is healthy", () => settled(bed, `overlays/${overlay}`));
    await steps("down keeps the claim, and the next up finds the entries", () => claimOutlivesDown(bed, overlay));
  }
  await steps("gitops down --volumes takes all of it", () => down(bed, overlay, "--volumes"));
};
