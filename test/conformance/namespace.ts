import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";

/**
 * Does some work in a namespace of its own, which is gone afterwards, whatever happens.
 *
 * @param accounts the service accounts that Pods run under
 */
export async function withNamespace<T>(
  cluster: Cluster,
  accounts: readonly string[],
  work: (namespace: string) => Promise<T>,
): Promise<T> {
  const name = `conformance-${Math.random().toString(36).slice(2, 8)}`;
  const path = `/api/v1/namespaces/${name}`;
  const made = await cluster.send("POST", "/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name },
  });
  if (made.status !== 201) throw new Error(`no namespace could be created: ${made.body.message}`);
  const remove = () => cluster.send("DELETE", path);
  const interrupted = () => void remove().finally(() => process.exit(130));
  process.once("SIGINT", interrupted);
  try {
    for (const account of accounts) {
      const object = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account } };
      await cluster.send("POST", `${path}/serviceaccounts`, object);
    }
    // Admission looks accounts up in a cache of its own.
    await sleep(1000);
    return await work(name);
  } finally {
    process.off("SIGINT", interrupted);
    await remove();
  }
}
