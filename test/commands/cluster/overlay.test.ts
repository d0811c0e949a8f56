import { expect, test } from "vitest";
import type { Kubectl } from "../../../tools/cluster/kubectl.ts";
import { readState } from "../../../tools/commands/cluster/overlay.ts";
import { stage } from "./kubectl.ts";

/** A kubectl stub that lists a pod and prints an error. */
function kubectlWith(stderr: string, stdout = '{ "kind": "List", "items": [{ "kind": "Pod" }] }'): Kubectl {
  const { kubectl } = stage(() => undefined);
  const result = { code: stderr === "" ? 0 : 1, signal: null, limit: undefined, stdout: Buffer.from(stdout), stderr };
  return { ...kubectl, run: async () => result };
}

const forbidden = (what: string) => `Error from server (Forbidden): ${what} is forbidden: User "jo" cannot list them\n`;

test.each([
  ["no errors", ""],
  ["events that may not be read", forbidden("events")],
])("pods are read with %s", async (_, stderr) => {
  expect((await readState(kubectlWith(stderr), ["shop"])).ofKind("Pod")).toHaveLength(1);
});

test.each([
  ["may not be read", forbidden("deployments.apps")],
  ["does not answer", "Unable to connect to the server: dial tcp 192.0.2.1:6443: i/o timeout\n"],
])("a namespace that %s is an error", async (_, stderr) => {
  await expect(readState(kubectlWith(stderr), ["shop"])).rejects.toThrow(
    `cannot read namespace shop:\n${stderr.trim()}`,
  );
});
