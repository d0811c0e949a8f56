import { isHealthy } from "../cluster/tiers.ts";
import { statusText } from "../cluster/words.ts";
import { loadConfig } from "../config/config.ts";
import { style, visible } from "../report/style.ts";
import { connect, overlayFlags } from "./cluster/connect.ts";
import { crashLogs } from "./cluster/crashes.ts";
import { answeringUrl, entrance, reachedBy } from "./cluster/open-page.ts";
import { overlayOf, readHealth, renderedOf } from "./cluster/overlay.ts";
import type { Command } from "./command.ts";

export const command: Command = {
  usage: "[OVERLAY]",
  description:
    "Show the state of an overlay in the cluster: replicas, restarts, endpoints, addresses, and what is wrong and why. Fails if\n" +
    "it is not healthy. OVERLAY is a target, or the name of a target in gitops.yaml; default: the target that gitops.yaml runs.",
  flags: { ...overlayFlags },
  maxPositionals: 1,
  async run(args, io) {
    const config = loadConfig(process.cwd(), args.string("config"));
    const target = overlayOf(args.positionals[0], args, config);
    const connection = await connect(args, io, config);
    const health = await readHealth(await renderedOf(target, args, io, config), connection);
    const { kubectl, version } = connection;
    io.out(`${visible(`${target.path} on ${kubectl.context}`)} (Kubernetes ${version})\n\n`);
    io.out(statusText(health, await crashLogs(kubectl, health), style(io.colours)));
    const place = entrance(health);
    if (place !== undefined && isHealthy(health)) {
      io.out(`\n${visible((await answeringUrl(place, kubectl)) ?? reachedBy(place, kubectl))}\n`);
    }
    return isHealthy(health) ? 0 : 1;
  },
};
