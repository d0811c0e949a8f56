import { stream } from "../../tools/system/process.ts";
import type { Bed } from "../e2e/bed.ts";

const line = '{.type} {.object.metadata.name} {.object.status.availableReplicas}{"\\n"}';

/**
 * Watches how many pods of each Deployment are available.
 *
 * @returns `stop`, which gives the lowest number per Deployment since its first pod was available
 */
export function watchAvailable(
  { context }: Bed,
  namespace: string,
): { stop: () => Promise<ReadonlyMap<string, number>> } {
  const fewest = new Map<string, number>();
  const words = ["deployments", "--namespace", namespace, "--watch", "--output-watch-events", "-o", `jsonpath=${line}`];
  const watch = stream("kubectl", ["--context", context, "get", ...words], {
    onLine: (text) => {
      const [, name = "", count] = text.split(" ");
      const now = Number(count || 0);
      if (now > 0 || fewest.has(name)) fewest.set(name, Math.min(now, fewest.get(name) ?? now));
    },
    onError: () => {},
  });
  return {
    stop: async () => {
      watch.stop();
      await watch.ended;
      return fewest;
    },
  };
}
