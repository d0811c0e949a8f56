import { expect, test } from "vitest";
import type { Kubectl } from "../../../tools/cluster/kubectl.ts";
import { readState } from "../../../tools/commands/cluster/overlay.ts";
import { stage } from "./kubectl.ts";

/** A kubectl that lists a pod, and complains. */
function complaining(stderr: string, stdout = '{ "kind": "List", "items": [{ "kind": "Pod" }] }'): Kubectl {
  const { kubectl } = stage(() => undefined);
  const result = { code: stderr === "" ? 0 : 1, signal: null, limit: undefined, stdout: Buffer.from(stdout), stderr };
  return { ...kubectl, run: async () => result };
}

const forbidden = (what: string) => `Error from server (Forbidden): ${what} is forbidden: User "jo" cannot list them\n`;

test.each([
  ["nothing", ""],
  ["events that may not be read", forbidden("events")],
])("pods are seen, with %s to complain of", async (_, stderr) => {
  expect((await readState(complaining(stderr), ["shop"])).ofKind("Pod")).toHaveLength(1);
});

test.each([
  ["may not be read", forbidden("deployments.apps")],
  ["does not answer", "Unable to connect to the server: dial tcp 192.0.2.1:6443: i/o timeout\n"],
])("what %s is not taken for nothing", async (_, stderr) => {
  await expect(readState(complaining(stderr), ["shop"])).rejects.toThrow(
    `cannot read namespace shop:\n${stderr.trim()}`,
  );
});
