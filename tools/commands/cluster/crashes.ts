import type { Kubectl } from "../../cluster/kubectl.ts";
import type { Health, TierPod } from "../../cluster/tiers.ts";
import type { Logs } from "../../cluster/words.ts";

/** Enough to see the reason without hiding everything else. */
const lines = 5;
const podsPerTier = 2;

/** The last log lines of a few crashed pods per workload; those of the others are mostly the same. */
export async function crashLogs(kubectl: Kubectl, { tiers }: Health): Promise<Logs> {
  const crashing = tiers.flatMap(({ pods }) => pods.filter(isCrashing).slice(0, podsPerTier));
  const logs = await Promise.all(crashing.map(async (one) => [one.pod.name, await lastLines(kubectl, one)] as const));
  return new Map(logs);
}

function isCrashing({ waiting }: TierPod): boolean {
  return waiting?.cause === "crash" && waiting.container !== undefined;
}

/** The last log lines of a container; none if it could not start. */
async function lastLines({ run }: Kubectl, { pod, waiting }: TierPod): Promise<string[]> {
  const where = ["--namespace", pod.namespace ?? "default", "--container", waiting?.container ?? ""];
  const { code, stdout } = await run(["logs", pod.name, ...where, "--tail", `${lines}`], { timeout: 20_000 });
  const text = code === 0 ? stdout.toString("utf8") : "";
  return text.split("\n").filter((line) => line.trim() !== "");
}
