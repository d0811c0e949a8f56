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
    await steps("slaves find the master by dns and replicate", () => everySlaveFollows(bed, overlay, "dns"));
    await steps("a killed slave comes back and catches up", () => killedSlaveCatchesUp(bed, overlay));
    await steps("50 concurrent clients × 200 entries", () => everyEntryIsThere(bed, overlay));
    await steps("the same with the document's method", () => documentsWay(bed, overlay));
    await steps("without a master, reads continue and writes get a clear error", () => masterAway(bed, overlay));
    await steps("a master killed under load loses no acknowledged entry", () => killedMasterKeepsEntries(bed, overlay));
    await steps("a rolling update under load fails no request", () => rollingUpdate(bed, overlay));
    await steps("a drain respects the disruption budget", () => evictionsKeepTheBudget(bed, overlay));
    const enforced = await policiesAreEnforced(bed);
    if (enforced) await steps("network policies keep other pods out", () => policiesHold(bed, overlay));
    else await steps("network policies, not enforced here, pass the gate's rules", () => policiesByRule(bed));
    await steps("the page works in a browser", () => page(bed, overlay));
    await steps("a second up changes nothing, status is healthy", () => settled(bed, `overlays/${overlay}`));
    await steps("down keeps the claim, and the next up finds the entries", () => claimOutlivesDown(bed, overlay));
  }
  await steps("gitops down --volumes removes everything", () => down(bed, overlay, "--volumes"));
};
