import { stream } from "../../tools/system/process.ts";
import type { Bed } from "../e2e/bed.ts";

const line = '{.type} {.object.kind}/{.object.metadata.name} {.object.metadata.resourceVersion}{"\\n"}';

/**
 * Watches Services and Deployments come into a namespace, which need not be there yet. Every change of a cluster has a number of
 * its own, and they grow, whatever the kind: the order of creations is exact.
 *
 * @returns what ends it, and gives the first revision of each object, as `Service/frontend`
 */
export function watchOrder({ context }: Bed, namespace: string): { stop: () => Promise<ReadonlyMap<string, number>> } {
  const seen = new Map<string, number>();
  const words = ["--namespace", namespace, "--watch", "--output-watch-events", "-o", `jsonpath=${line}`];
  const watches = ["services", "deployments"].map((kind) =>
    stream("kubectl", ["--context", context, "get", kind, ...words], {
      onLine: (text) => {
        const [type, id = "", revision] = text.split(" ");
        if (type === "ADDED" && !seen.has(id)) seen.set(id, Number(revision));
      },
      onError: () => {},
    }),
  );
  return {
    stop: async () => {
      for (const { stop } of watches) stop();
      await Promise.all(watches.map(({ ended }) => ended));
      return seen;
    },
  };
}
