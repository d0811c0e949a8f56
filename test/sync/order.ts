import { stream } from "../../tools/system/process.ts";
import type { Bed } from "../e2e/bed.ts";

const line = '{.type} {.object.kind}/{.object.metadata.name} {.object.metadata.resourceVersion}{"\\n"}';

/**
 * Watches Services and Deployments being created in a namespace, which need not exist yet. Resource versions increase with
 * every change in the cluster, whatever the kind, so the order of creation is exact.
 *
 * @returns `stop`, which gives the first resource version of each object, such as `Service/frontend`
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
