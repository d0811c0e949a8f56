import { describe, expect, test } from "vitest";
import { rolloutOf } from "../../tools/cluster/rollout.ts";
import type { JsonObject } from "../../tools/core/json.ts";
import { deployment, object } from "./live.ts";

test.each([
  ["good", { wanted: 2, ready: 2, updated: 2, done: true }],
  ["frontend", { wanted: 3, ready: 0, updated: 3, done: false }],
  ["forbidden", { wanted: 1, ready: 0, updated: 0, done: false }],
])("reads the live Deployment %s", (name, expected) => {
  expect(rolloutOf(deployment(name))).toEqual(expected);
});

describe("a rollout is done or not", () => {
  const all = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
  const set = {
    observedGeneration: 2,
    readyReplicas: 3,
    updatedReplicas: 3,
    currentRevision: "b",
    updateRevision: "b",
  };
  const three = { replicas: 3 };
  const daemons = { observedGeneration: 2, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 };

  test.each<[string, string, JsonObject, JsonObject, boolean]>([
    ["all there", "Deployment", three, all, true],
    ["no replicas wanted", "Deployment", { replicas: 0 }, { observedGeneration: 2 }, true],
    ["an older spec was observed", "Deployment", three, { ...all, observedGeneration: 1 }, false],
    ["nothing was observed", "Deployment", three, {}, false],
    ["some pods are old", "Deployment", three, { ...all, updatedReplicas: 2 }, false],
    ["old pods are left", "Deployment", three, { ...all, replicas: 4 }, false],
    ["some pods are not available", "Deployment", three, { ...all, availableReplicas: 2 }, false],
    ["all there", "StatefulSet", three, set, true],
    ["another revision", "StatefulSet", three, { ...set, updateRevision: "c" }, false],
    ["some pods are not ready", "StatefulSet", three, { ...set, readyReplicas: 2 }, false],
    [
      "a partition",
      "StatefulSet",
      { ...three, updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } },
      { ...set, updateRevision: "c", updatedReplicas: 1 },
      true,
    ],
    [
      "on delete",
      "StatefulSet",
      { ...three, updateStrategy: { type: "OnDelete" } },
      { ...set, updateRevision: "c", updatedReplicas: 0 },
      true,
    ],
    ["on every node", "DaemonSet", {}, daemons, true],
    ["not on every node", "DaemonSet", {}, { ...daemons, numberAvailable: 2 }, false],
    ["complete", "Job", {}, { succeeded: 1, conditions: [{ type: "Complete", status: "True" }] }, true],
    ["running", "Job", {}, { active: 1 }, false],
    ["ready", "Pod", {}, { conditions: [{ type: "Ready", status: "True" }] }, true],
    ["not ready", "Pod", {}, { conditions: [{ type: "Ready", status: "False" }] }, false],
  ])("%s: %s", (_, kind, spec, status, done) => {
    expect(rolloutOf(object(kind, spec, status, { generation: 2 }))?.done).toBe(done);
  });
});

test("a rollout that failed has its message", () => {
  const condition = { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "timed out" };
  expect(rolloutOf(object("Deployment", {}, { conditions: [condition] }))?.failed).toBe("timed out");
  const failed = { type: "Failed", status: "True", message: "backoff limit" };
  expect(rolloutOf(object("Job", {}, { conditions: [failed] }))?.failed).toBe("backoff limit");
});

test("a Service has no rollout", () => {
  expect(rolloutOf(object("Service", {}, {}))).toBeUndefined();
});
