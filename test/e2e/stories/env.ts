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
    await steps("its own frontend also answers the document's URLs", () => documentsUrls(bed, "env"));
    await steps("each frontend reads what the others wrote", () => entriesThroughEach(bed, "env"));
  }
  await steps("gitops down removes it", () => down(bed, "env"));

  await steps("the gate rejects Services after their consumers", () => gateRefusesWrongOrder(bed));
  await steps("applied by hand in that order, it does not work", () => wrongOrderFails(bed));
  await steps("gitops down removes that, too", () => down(bed, "env"));
};
