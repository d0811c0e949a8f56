import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";

/**
 * Runs `work` in a new namespace, which is always deleted afterwards.
 *
 * @param accounts the service accounts that the pods need.
 * @returns the result of `work`.
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
  if (made.status !== 201) throw new Error(`the namespace could not be created: ${made.body.message}`);
  const remove = () => cluster.send("DELETE", path);
  const interrupted = () => void remove().finally(() => process.exit(130));
  process.once("SIGINT", interrupted);
  try {
    for (const account of accounts) {
      const object = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account } };
      await cluster.send("POST", `${path}/serviceaccounts`, object);
    }
    // Admission looks up accounts in its own cache.
    await sleep(1000);
    return await work(name);
  } finally {
    process.off("SIGINT", interrupted);
    await remove();
  }
}
