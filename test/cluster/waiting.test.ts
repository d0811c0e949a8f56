import { describe, expect, test } from "vitest";
import { waitingOf } from "../../tools/cluster/waiting.ts";
import type { JsonObject } from "../../tools/core/json.ts";
import { object, podOfDeployment, state } from "./live.ts";

const reasonOf = (pod: ReturnType<typeof podOfDeployment>, events: JsonObject[] = []) => {
  const waiting = waitingOf(pod, events);
  return waiting && `${waiting.cause}${waiting.container ? ` of ${waiting.container}` : ""}: ${waiting.message}`;
};

describe("reasons from a real kubelet", () => {
  test.each([
    ["frontend", /^image of php-redis: (ImagePullBackOff|ErrImagePull): .*gb-frontend:v4.*i\/o timeout/],
    ["greedy", /^schedule: 0\/1 nodes are available: 1 Insufficient cpu/],
    ["keyless", /^volume of c: MountVolume.SetUp failed for volume "v" : configmap "gone2" not found$/],
    ["crasher", /^crash of c: exited with status 1$/],
    ["noprogram", /^(start|crash) of c: .*exec: "\/nope": stat \/nope: no such file or directory/],
    ["unready", /^probe of c: Readiness probe failed: dial tcp [\d.]+:6379: connect: connection refused$/],
    ["initing", /^init of wait: it is still running, and the other containers wait for it$/],
  ])("%s", (name, expected) => {
    const pod = podOfDeployment(name);
    expect(reasonOf(pod, [...state.eventsOf(pod)])).toMatch(expected);
  });

  test("a pod that is ready waits for nothing", () => {
    expect(reasonOf(podOfDeployment("good"))).toBeUndefined();
  });
});

describe("reasons that the fixture does not have", () => {
  const scheduled = { type: "PodScheduled", status: "True" };
  const container = (state: JsonObject, more: JsonObject = {}) => ({
    phase: "Pending",
    conditions: [scheduled],
    containerStatuses: [{ name: "c", ready: false, state, ...more }],
  });

  test.each<[string, JsonObject, JsonObject[], string | undefined]>([
    ["no status at all", {}, [], "schedule: no node is assigned yet"],
    ["only a scheduler event", {}, [{ reason: "FailedScheduling", message: "no nodes" }], "schedule: no nodes"],
    ["no container yet", { conditions: [scheduled] }, [], "take: the node has not started it yet"],
    ["being created", container({ waiting: { reason: "ContainerCreating" } }), [], "start of c: it is being created"],
    [
      "being pulled",
      container({ waiting: { reason: "ContainerCreating" } }),
      [{ reason: "Pulling", message: 'Pulling image "redis:8"' }],
      'pull of c: Pulling image "redis:8"',
    ],
    [
      "no sandbox",
      container({ waiting: { reason: "ContainerCreating" } }),
      [{ reason: "FailedCreatePodSandBox", message: "no addresses" }],
      "network of c: no addresses",
    ],
    [
      "a missing ConfigMap",
      container({ waiting: { reason: "CreateContainerConfigError", message: 'configmap "x" not found' } }),
      [],
      'config of c: CreateContainerConfigError: configmap "x" not found',
    ],
    ["an unknown reason", container({ waiting: { reason: "Meditating" } }), [], "start of c: Meditating"],
    [
      "a reason that is also a property of Object",
      container({ waiting: { reason: "constructor" } }),
      [],
      "start of c: constructor",
    ],
    [
      "out of memory",
      container(
        { waiting: { reason: "CrashLoopBackOff" } },
        { lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } },
      ),
      [],
      "crash of c: exited with status 137, OOMKilled",
    ],
    [
      "a startup probe",
      container({ running: {} }, { started: false }),
      [],
      "probe of c: its startup probe has not succeeded yet",
    ],
    ["evicted", { phase: "Failed", reason: "Evicted", message: "low on memory" }, [], "failed: Evicted: low on memory"],
    ["succeeded", { phase: "Succeeded" }, [], undefined],
    [
      "a readiness gate",
      {
        conditions: [scheduled, { type: "Ready", status: "False", message: "corresponding condition does not exist" }],
        containerStatuses: [{ name: "c", ready: true, state: { running: {} } }],
      },
      [],
      "gate: corresponding condition does not exist",
    ],
  ])("%s", (_, status, events, expected) => {
    expect(reasonOf(object("Pod", {}, status), events)).toBe(expected);
  });

  test("a running sidecar does not block the pod", () => {
    const spec = { initContainers: [{ name: "proxy", restartPolicy: "Always" }] };
    const running = { name: "proxy", ready: true, started: true, state: { running: {} } };
    const status = { ...container({ waiting: { reason: "ImagePullBackOff" } }), initContainerStatuses: [running] };
    expect(reasonOf(object("Pod", spec, status))).toBe("image of c: ImagePullBackOff");
  });

  test("a pod that is being deleted is ending", () => {
    const pod = object("Pod", {}, { phase: "Running" }, { deletionTimestamp: "2026-01-01T00:00:00Z" });
    expect(reasonOf(pod)).toBe("end: it is being deleted");
  });
});
