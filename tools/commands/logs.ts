import type { Kubectl } from "../cluster/kubectl.ts";
import type { Tier, TierPod } from "../cluster/tiers.ts";
import { loadConfig } from "../config/config.ts";
import { UserError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { visibleLines } from "../report/style.ts";
import { connect, overlayFlags } from "./cluster/connect.ts";
import { findOverlay, overlayOf, readHealth, renderedOf } from "./cluster/overlay.ts";
import type { Command, Io } from "./command.ts";
import { wholeNumber } from "./numbers.ts";

export const command: Command = {
  usage: "[OVERLAY] [TIER]",
  description:
    "Print the logs of all pods of an overlay, or of one workload: gitops logs frontend. Each line starts with its pod and\n" +
    "container.",
  flags: {
    follow: { type: "boolean", short: "f", help: "keep printing until interrupted" },
    tail: { type: "string", value: "N", help: "number of lines per container; default: 20" },
    ...overlayFlags,
  },
  maxPositionals: 2,
  async run(args, io) {
    const config = loadConfig(process.cwd(), args.string("config"));
    const tail = String(wholeNumber(args, "tail") ?? 20);
    // A single argument is an overlay, or otherwise a workload of the default overlay.
    const [first, second] = args.positionals;
    const alone = first !== undefined && second === undefined ? findOverlay(first, args, config) : undefined;
    const target = alone ?? overlayOf(second === undefined ? undefined : first, args, config);
    const connection = await connect(args, io, config);
    const { tiers } = await readHealth(await renderedOf(target, args, io, config), connection);
    const pods = chosen(tiers, alone ? undefined : (second ?? first)).flatMap((tier) => tier.pods);
    if (pods.length === 0) throw new UserError(`${target.path} has no pods: gitops status shows why`);
    await print(pods, connection.kubectl, ["--tail", tail, ...(args.boolean("follow") ? ["--follow"] : [])], io);
    return 0;
  },
};

function chosen(tiers: readonly Tier[], name: string | undefined): readonly Tier[] {
  if (name === undefined) return tiers;
  const found = tiers.filter(({ resource }) => resource.name === name);
  if (found.length > 0) return found;
  const names = tiers.map(({ resource }) => resource.name);
  throw new UserError(
    `there is no workload ${name}${didYouMean(name, names) || `; the workloads are ${names.join(", ")}`}`,
  );
}

/** Follows all pods at once; otherwise prints one pod after the other, to keep its lines together. */
async function print(pods: readonly TierPod[], kubectl: Kubectl, flags: readonly string[], io: Io): Promise<void> {
  const follow = flags.includes("--follow");
  const running: Promise<unknown>[] = [];
  for (const { pod } of pods) {
    const where = ["--namespace", pod.namespace ?? "default", "--all-containers", "--prefix"];
    const { ended } = kubectl.stream(["logs", pod.name, ...where, ...flags], {
      onLine: (line) => io.out(`${visibleLines(line)}\n`),
      onError: (line) => io.err(`${visibleLines(`${pod.name}: ${line}`)}\n`),
    });
    if (follow) running.push(ended);
    else await ended;
  }
  await Promise.all(running);
}
