import { killedSlaveCatchesUp } from "../points/replication.ts";
import { plain } from "./plain.ts";
import type { Story } from "./story.ts";

export const dns: Story = (bed, steps) =>
  plain("dns", "dns", bed, steps, async () => {
    await steps("a killed slave comes back and catches up", () => killedSlaveCatchesUp(bed, "dns"));
  });
