import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf, type Target } from "../../tools/core/resource.ts";
import { draftsOf } from "../../tools/diff/changes.ts";
import { forecastOf } from "../../tools/diff/forecast/forecast.ts";
import type { Forecast } from "../../tools/diff/forecast/report.ts";
import { forecastByTargets } from "../../tools/diff/formats/forecast.ts";
import type { DiffReport } from "../../tools/diff/report.ts";
import { loadSchemas } from "../../tools/validate/index.ts";
import { annotated, autoscaler, claim, config, reads, service, statefulSet, workload } from "./table.ts";

const options = { versions: ["1.36"], schemas: await loadSchemas() };
const target: Target = { path: "overlays/a", kind: "kustomization" };
const contextOf = (objects: readonly object[]) => ({
  target,
  resources: objects.map((object) => resourceOf(object as JsonObject)),
  versions: ["1.36"],
});

function forecast(before: readonly object[], after: readonly object[]): Forecast {
  const [was, is] = [contextOf(before), contextOf(after)];
  return forecastOf(draftsOf(was, is, options), is);
}

/** The forecast in words, one line per event. */
function wordsOf(found: Forecast): string[] {
  const report = { forecast: found, targets: [{ path: "overlays/a", status: "changed" }] } as unknown as DiffReport;
  return forecastByTargets(report).flatMap(({ happenings }) =>
    happenings.map((one) => `${one.resource}: ${one.words}`),
  );
}

const effectsOf = (drafts: ReturnType<typeof draftsOf>) =>
  new Set(drafts.flatMap(({ fields }) => fields.flatMap(({ effects }) => effects)));

/** A workload before and after a change of its image. */
function rolled(spec: object, pod: object = {}, container: object = {}, kind = "Deployment") {
  const make = (image: string) => workload({ ...spec }, { ...pod }, { image, ...container }, kind);
  return [make("i:1"), make("i:2")] as const;
}

const web = (words: string) => `apps/v1/Deployment/web: ${words}`;
const surge = (maxSurge: unknown, maxUnavailable: unknown) => ({
  strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } },
});
const update = (rollingUpdate: object) => ({ updateStrategy: { type: "RollingUpdate", rollingUpdate } });

describe("how a workload's pods are replaced", () => {
  test.each<[string, Parameters<typeof rolled>, string]>([
    ["the default, for one pod", [{}], web("1 pod, 1 at a time (surge 1, unavailable 0): 1 stays up")],
    ["the default, for ten pods", [{ replicas: 10 }], web("10 pods, 5 at a time (surge 3, unavailable 2): 8 stay up")],
    [
      "percentages are rounded as Kubernetes does",
      [{ replicas: 3, ...surge("10%", "50%") }],
      web("3 pods, 2 at a time (surge 1, unavailable 1): 2 stay up"),
    ],
    [
      "at least one pod is unavailable if there is no surge",
      [{ replicas: 3, ...surge(0, "10%") }],
      web("3 pods, 1 at a time (surge 0, unavailable 1): 2 stay up"),
    ],
    [
      "more pods may be unavailable than there are",
      [{ replicas: 2, ...surge(0, 5) }],
      web("2 pods, 2 at a time (surge 0, unavailable 2): none stay up"),
    ],
    [
      "all at once with Recreate",
      [{ replicas: 2, strategy: { type: "Recreate" } }],
      web("2 pods at once: old pods stop before new pods start (up to 30 s to stop, 0 s to start)"),
    ],
    [
      "a probe bounds the start",
      [
        { strategy: { type: "Recreate" } },
        { terminationGracePeriodSeconds: 5 },
        {
          startupProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: 2, periodSeconds: 3, failureThreshold: 4 },
          readinessProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: 7, successThreshold: 2 },
        },
      ],
      web("1 pod at once: old pods stop before new pods start (up to 5 s to stop, 32 s to start)"),
    ],
    [
      "a readiness probe alone does not bound it",
      [{ strategy: { type: "Recreate" } }, {}, { readinessProbe: { tcpSocket: { port: 80 } } }],
      web("1 pod at once: old pods stop before new pods start (up to 30 s to stop, no limit on the start)"),
    ],
    ["paused", [{ paused: true, replicas: 2 }], web("2 pods, replaced once the rollout is resumed")],
    [
      "one by one in a StatefulSet",
      [{ serviceName: "web", replicas: 3 }, {}, {}, "StatefulSet"],
      "apps/v1/StatefulSet/web: 3 pods, 1 at a time (surge 0, unavailable 1): 2 stay up",
    ],
    [
      "down to the partition",
      [{ serviceName: "web", replicas: 5, ...update({ partition: 3 }) }, {}, {}, "StatefulSet"],
      "apps/v1/StatefulSet/web: 2 pods, 1 at a time (surge 0, unavailable 1): 4 stay up, 3 below the partition stay as they are",
    ],
    [
      "with OnDelete",
      [{ serviceName: "web", updateStrategy: { type: "OnDelete" } }, {}, {}, "StatefulSet"],
      "apps/v1/StatefulSet/web: 1 pod, each replaced when someone deletes it",
    ],
    [
      "one pod per node",
      [{}, {}, {}, "DaemonSet"],
      "apps/v1/DaemonSet/web: one pod per node, 1 at a time (surge 0, unavailable 1)",
    ],
    [
      "on a percentage of the nodes",
      [update({ maxUnavailable: "10%" }), {}, {}, "DaemonSet"],
      "apps/v1/DaemonSet/web: one pod per node (surge 0, unavailable 10%)",
    ],
  ])("%s", (_, parts, expected) => {
    const [before, after] = rolled(...parts);
    expect(wordsOf(forecast([before], [after]))).toEqual([expected]);
  });

  test("an autoscaler determines the number of pods", () => {
    const [before, after] = rolled({});
    const scaler = { ...autoscaler(9), spec: { ...autoscaler(9).spec, minReplicas: 4 } };
    expect(wordsOf(forecast([before, scaler], [after, scaler]))).toEqual([
      web("4 to 9 pods, 2 at a time (surge 1, unavailable 1): 3 stay up"),
    ]);
  });

  test("without pods, none are replaced", () => {
    const budget = {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "web", namespace: "shop" },
      spec: { minAvailable: 3, selector: { matchLabels: { app: "web" } } },
    };
    for (const spec of [{}, { strategy: { type: "Recreate" } }, { paused: true }]) {
      const [before, after] = rolled({ ...spec, replicas: 0 });
      expect(wordsOf(forecast([before, budget], [after, budget]))).toEqual([]);
      const drafts = draftsOf(contextOf([before]), contextOf([after]), options);
      expect(effectsOf(drafts)).toEqual(new Set(["none"]));
      const stopped = draftsOf(contextOf([rolled({ ...spec, replicas: 2 })[0]]), contextOf([after]), options);
      expect(effectsOf(stopped)).toEqual(new Set(["scale", "traffic-loss", "none"]));
      const started = draftsOf(contextOf([before]), contextOf([rolled({ ...spec, replicas: 2 })[1]]), options);
      expect(effectsOf(started)).toEqual(new Set(["scale", "none"]));
    }
  });

  test("a replaced workload is down", () => {
    const forced = { "kustomize.toolkit.fluxcd.io/force": "enabled" };
    const other = {
      selector: { matchLabels: { app: "x" } },
      template: { metadata: { labels: { app: "x" } }, spec: workload().spec.template.spec },
    };
    const [before, after] = [annotated(workload(), forced), annotated(workload(other), forced)];
    expect(forecast([before], [after]).rollouts).toMatchObject([{ how: "replaced", pods: 1, available: 0 }]);
  });

  test("a rejected, only scaled or ignored workload does not roll", () => {
    const rejected = workload({ selector: { matchLabels: { app: "x" } } }, {}, { image: "i:2" });
    expect(forecast([workload()], [rejected]).rollouts).toEqual([]);
    expect(forecast([workload({ replicas: 1 })], [workload({ replicas: 5 })]).rollouts).toEqual([]);
    const ignored = { "kustomize.toolkit.fluxcd.io/ssa": "Ignore" };
    const [before, after] = rolled({});
    expect(forecast([annotated(before, ignored)], [annotated(after, ignored)]).rollouts).toEqual([]);
  });

  test("a generated name makes its readers roll", () => {
    const name = (suffix: string) => `settings-${suffix}`;
    const state = (suffix: string, value: string) => [
      config({ a: value }, {}, name(suffix)),
      reads("variables", name(suffix)),
    ];
    const { rollouts } = forecast(state("85mdt7t824", "1"), state("6t7h5fm848", "2"));
    expect(rollouts).toMatchObject([
      { resource: "apps/v1/Deployment/shop/web", how: "rolling", causes: ["v1/ConfigMap/shop/settings-6t7h5fm848"] },
    ]);
  });
});

const budget = (spec: object) => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name: "web", namespace: "shop" },
  spec: { selector: { matchLabels: { app: "web" } }, ...spec },
});

describe("what a rollout blocks", () => {
  test.each<[string, object, string]>([
    [
      "a budget that a rollout uses up",
      { minAvailable: 3 },
      "; nodes cannot be drained meanwhile: PodDisruptionBudget web requires 3 pods",
    ],
    [
      "a percentage of the pods, rounded up",
      { minAvailable: "60%" },
      "; nodes cannot be drained meanwhile: PodDisruptionBudget web requires 3 pods",
    ],
    [
      "maxUnavailable of a budget",
      { maxUnavailable: 1 },
      "; nodes cannot be drained meanwhile: PodDisruptionBudget web requires 3 pods",
    ],
    ["a budget with room", { minAvailable: 2 }, ""],
    ["a budget for other pods", { minAvailable: 3, selector: { matchLabels: { app: "x" } } }, ""],
  ])("%s", (_, spec, expected) => {
    const [before, after] = rolled({ replicas: 4, ...surge(0, 1) });
    const words = wordsOf(forecast([before, budget(spec)], [after, budget(spec)]));
    expect(words).toEqual([web(`4 pods, 1 at a time (surge 0, unavailable 1): 3 stay up${expected}`)]);
  });

  test("a ReadWriteOnce claim, if a new pod starts before the old one stops", () => {
    const pod = { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] };
    const [before, after] = rolled({}, pod);
    expect(wordsOf(forecast([before, claim()], [after, claim()]))).toEqual([
      web(
        "1 pod, 1 at a time (surge 1, unavailable 0): 1 stays up; a new pod on another node waits for claim data until an old pod is gone",
      ),
    ]);
    const [first, then] = rolled({ strategy: { type: "Recreate" } }, pod);
    expect(forecast([first, claim()], [then, claim()]).rollouts[0]?.claims).toBeUndefined();
  });
});

describe("which Services lose endpoints", () => {
  const gaps = (parts: Parameters<typeof rolled>, more: Record<string, unknown> = {}) => {
    const [before, after] = rolled(...parts);
    const { services } = forecast([before, service(more)], [after, service(more)]);
    return services.map(({ endpoints, least, emptyFor }) => [endpoints, least, emptyFor]);
  };
  const startup = {
    startupProbe: { tcpSocket: { port: 80 }, periodSeconds: 1, failureThreshold: 9, timeoutSeconds: 1 },
  };

  test.each<[string, Parameters<typeof rolled>, (number | null)[][]]>([
    ["none, if new pods start first", [{ replicas: 3 }], []],
    ["some", [{ replicas: 3, ...surge(0, 1) }], [[3, 2, 0]]],
    ["all, while a pod stops and starts", [{ strategy: { type: "Recreate" } }, {}, startup], [[1, 0, 40]]],
    [
      "all, while a pod starts: a rollout does not wait for the old pod to stop",
      [surge(0, 1), {}, startup],
      [[1, 0, 10]],
    ],
    [
      "all, for an unknown time",
      [{ strategy: { type: "Recreate" } }, {}, { readinessProbe: { tcpSocket: { port: 80 } } }],
      [[1, 0, null]],
    ],
    ["all, with a StatefulSet of one pod", [{ serviceName: "web" }, {}, startup, "StatefulSet"], [[1, 0, 40]]],
  ])("%s", (_, parts, expected) => {
    expect(gaps(parts)).toEqual(expected);
  });

  test("not those that publish addresses before pods are ready", () => {
    expect(gaps([{ strategy: { type: "Recreate" } }], { publishNotReadyAddresses: true })).toEqual([]);
  });

  test("another workload keeps serving", () => {
    const green = workload(
      {
        selector: { matchLabels: { app: "web", c: "g" } },
        template: { metadata: { labels: { app: "web", c: "g" } }, spec: workload().spec.template.spec },
      },
      {},
      {},
      "Deployment",
      "green",
    );
    const [before, after] = rolled({ strategy: { type: "Recreate" } });
    const { services } = forecast([before, green, service()], [after, green, service()]);
    expect(services).toMatchObject([
      { endpoints: 2, least: 1, emptyFor: 0, workloads: ["apps/v1/Deployment/shop/web"] },
    ]);
  });

  test("is described in a sentence", () => {
    const [before, after] = rolled({ strategy: { type: "Recreate" } }, {}, startup);
    expect(wordsOf(forecast([before, service()], [after, service()]))[0]).toBe(
      "v1/Service/web: no endpoints for 40 s at worst, while web rolls",
    );
  });
});

describe("which edits do not reach running pods", () => {
  test.each([
    ["variables", { variables: ["apps/v1/Deployment/shop/web"], files: [] }],
    ["files", { variables: [], files: ["apps/v1/Deployment/shop/web"] }],
  ] as const)("%s", (how, expected) => {
    const { configs } = forecast([config({ a: "1" }), reads(how)], [config({ a: "2" }), reads(how)]);
    expect(configs).toEqual([{ target: "overlays/a", resource: "v1/ConfigMap/shop/settings", ...expected }]);
  });

  test("none if the pods roll as well", () => {
    const next = workload({}, {}, { image: "i:2", envFrom: [{ configMapRef: { name: "settings" } }] });
    expect(forecast([config({ a: "1" }), reads("variables")], [config({ a: "2" }), next]).configs).toEqual([]);
  });
});

test("nothing is forecast without changes", () => {
  const objects = [workload(), statefulSet(), service(), config({ a: "1" })];
  expect(forecast(objects, objects)).toEqual({ rollouts: [], services: [], configs: [] });
});
