import { documentsUrls, entriesThroughEach } from "../points/guestbook.ts";
import { down, up } from "../points/running.ts";
import { gateRefusesWrongOrder, wrongOrderFails } from "../points/wrong-order.ts";
import { plain } from "./plain.ts";
import type { Story } from "./story.ts";

export const env: Story = async (bed, steps) => {
  await plain("env", "env", bed, steps);

  const isUp = await steps("gitops up brings it up with this repository's own frontend", async () => {
    return (await up(bed, "test/e2e/overlays/own-env")).url;
  });
  if (isUp) {
    await steps("its own frontend answers the document's URLs, too", () => documentsUrls(bed, "env"));
    await steps("its frontends read what the others wrote", () => entriesThroughEach(bed, "env"));
  }
  await steps("gitops down takes it away", () => down(bed, "env"));

  await steps("the gate refuses Services after their consumers", () => gateRefusesWrongOrder(bed));
  await steps("applied in that order by hand, it does not run", () => wrongOrderFails(bed));
  await steps("gitops down takes that away, too", () => down(bed, "env"));
};
