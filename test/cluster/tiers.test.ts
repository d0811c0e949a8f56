import { expect, test } from "vitest";
import { stateOf } from "../../tools/cluster/state.ts";
import { healthOf, isHealthy } from "../../tools/cluster/tiers.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { deployment, live, object, rendered, state } from "./live.ts";

test("a tier has the pods of its ReplicaSets", () => {
  const { tiers } = healthOf([rendered("Deployment", "good"), rendered("Deployment", "crasher")], state);
  expect(tiers.map(({ pods }) => pods.map(({ waiting }) => waiting?.cause))).toEqual([
    [undefined, undefined],
    ["crash"],
  ]);
  expect(tiers[1]?.pods[0]?.restarts).toBeGreaterThan(0);
});

test("a tier whose pods are rejected has the reason", () => {
  const [tier] = healthOf([rendered("Deployment", "forbidden")], state).tiers;
  expect(tier?.refused).toContain('violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)');
  expect(tier?.pods).toEqual([]);
});

test("events give the reason for rejected pods of other workloads, until the pods exist", () => {
  const set = object("StatefulSet", { replicas: 1 }, { observedGeneration: 1 }, { generation: 1 });
  const event = { apiVersion: "v1", kind: "Event", reason: "FailedCreate", message: "quota", metadata: { name: "e" } };
  const about = { ...event, involvedObject: { uid: "uid-StatefulSet" } };
  expect(healthOf([set], stateOf([set.object, about])).tiers[0]?.refused).toBe("quota");
  const done = { ...set.object, status: { observedGeneration: 1, readyReplicas: 1 } };
  expect(healthOf([set], stateOf([done, about])).tiers[0]?.refused).toBeUndefined();
});

test.each([
  ["good", 2],
  ["frontend", 0],
])("counts the endpoints of %s", (name, endpoints) => {
  expect(healthOf([rendered("Service", name)], state).fronts[0]?.endpoints).toBe(endpoints);
});

test("the endpoints of a Service without a selector are not counted", () => {
  const external = resourceOf({ apiVersion: "v1", kind: "Service", metadata: { name: "x" }, spec: {} });
  expect(healthOf([external], state).fronts[0]?.endpoints).toBeUndefined();
});

test.each([
  ["everything is healthy", [rendered("Deployment", "good"), rendered("Service", "good")], true],
  ["a tier is missing", [rendered("Deployment", "gone")], false],
  ["a Service is missing", [rendered("Service", "gone")], false],
  ["a tier has not rolled out", [rendered("Deployment", "unready")], false],
  ["a Service has no endpoints", [rendered("Service", "frontend")], false],
])("%s: %#", (_, resources, healthy) => {
  expect(isHealthy(healthOf(resources, state))).toBe(healthy);
});

test("an object is found by any version of its kind", () => {
  const older = { ...deployment("good"), apiVersion: "apps/v1beta1" };
  expect(stateOf(live).find(older)?.name).toBe("good");
});
