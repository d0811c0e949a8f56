import { expect, test } from "vitest";
import { healthOf } from "../../tools/cluster/tiers.ts";
import { statusText } from "../../tools/cluster/words.ts";
import { style } from "../../tools/report/style.ts";
import { rendered, state } from "./live.ts";

const statusOf = (kind: "Deployment" | "Service", name: string, logs: Record<string, string[]> = {}) =>
  statusText(healthOf([rendered(kind, name)], state), new Map(Object.entries(logs)), style(false));

test.each([
  ["good", [/^✓ Deployment good {2}2\/2 ready\n/]],
  [
    "greedy",
    [/^✗ Deployment greedy {2}0\/1 ready\n/, /waits for a node: 0\/1 nodes are available/, /→ Lower the requests/],
  ],
  ["forbidden", [/^✗ Deployment forbidden {2}0\/1 ready\n {4}pods ".*" is forbidden: violates PodSecurity/]],
  ["frontend", [/waits for the image of php-redis: .*BackOff/, /→ Check its name/]],
  ["keyless", [/waits for its volumes: .*configmap "gone2" not found/, /→ Check that the claims/]],
  ["initing", [/waits for its init container wait: it is still running/]],
  ["unready", [/waits for the probe of c: Readiness probe failed/, /→ Check the port/]],
  ["gone", [/^✗ Deployment gone {2}not applied\n\n✗ not healthy: 0 of 1 workload up\n$/]],
])("prints the workload %s", (name, expected) => {
  for (const pattern of expected) expect(statusOf("Deployment", name)).toMatch(pattern);
});

test("prints a Service with its ports and endpoints", () => {
  expect(statusOf("Service", "good")).toMatch(
    /^✓ Service good {2}NodePort [\d.]+, port 80 \(node port \d+\), 2 endpoints\n\n✓ healthy/,
  );
  expect(statusOf("Service", "frontend")).toMatch(/^✗ Service frontend {2}ClusterIP [\d.]+, port 80, 0 endpoints\n/);
});

test("nothing to run is healthy", () => {
  expect(statusText({ tiers: [], fronts: [] }, new Map(), style(false))).toBe("✓ healthy: nothing to run\n");
});

test("prints the last log lines of a pod, escaped for the terminal", () => {
  const [crasher] = healthOf([rendered("Deployment", "crasher")], state).tiers.flatMap(({ pods }) => pods);
  const text = statusOf("Deployment", "crasher", { [crasher?.pod.name ?? ""]: ["\u001b]0;owned\u0007"] });
  expect(text).toContain("    | \\u{1b}]0;owned\\u{7}\n");
});
