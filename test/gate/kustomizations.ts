import fc from "fast-check";
import type { Json, JsonObject } from "../../tools/core/json.ts";

/** The kustomizations of a small repository, by folder. The manifests below lie next to them. */
export type Kustomizations = Readonly<Record<string, JsonObject>>;

/** The manifests that all repositories share. Their YAML style differs from kustomize's output. */
export const manifests = {
  "base/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # the pages
  labels: { app: web, tier: front }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web }, annotations: { team: 'a' } }
    spec:
      containers:
        - name: main
          image: example.com/web:1
          env: [{ name: LEVEL, value: "1" }, { name: MODE, value: fast }]
          ports: [{ containerPort: 80 }]
        - name: side
          image: example.com/side
`,
  "base/api.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: api, labels: { app: api } }
spec:
  serviceName: api
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec: { containers: [{ name: main, image: "example.com/api:2" }] }
`,
  "base/service.yaml": `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: ClusterIP, selector: { app: web }, ports: [{ port: 80, name: http }] }
`,
};

const target = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom({ kind: "Deployment" }, { kind: "StatefulSet" }, { kind: "Service" }) },
  fc.constantFrom(
    { kind: "Deployment", name: "web" },
    { kind: "Deployment", name: "api" },
    { name: "w.*" },
    { name: "we" },
  ),
  fc.constantFrom({ labelSelector: "app=web" }, { labelSelector: "tier in (front)" }, { labelSelector: "!tier" }),
  fc.constantFrom({ group: "apps" }, { version: "v1", kind: "Deployment" }, { group: "batch" }, { namespace: "shop" }),
);

const number = fc.integer({ min: 1, max: 3 });
const letter = fc.constantFrom("a", "b");

/** Operations that apply to every resource. */
const operations = fc.oneof(
  letter.map((value) => [{ op: "add", path: "/metadata/annotations", value: { team: value } }]),
  letter.map((value) => [{ op: "add", path: "/spec/colour", value }]),
  number.map((value) => [{ op: "add", path: "/spec/replicas", value }]),
  fc.constant([{ op: "add", path: "/spec/selector", value: { matchLabels: { app: "web" } } }]),
  fc.constant([
    { op: "add", path: "/spec/colour", value: "a" },
    { op: "remove", path: "/spec/colour" },
  ]),
);

/** Patches that apply to one resource only. */
const ofOne = fc.oneof(
  number.map((value) => ({
    target: { kind: "Deployment" },
    patch: [{ op: "replace", path: "/spec/template/spec/containers/0/env/0/value", value: `${value}` }],
  })),
  fc.constant({ target: { kind: "Service" }, patch: [{ op: "replace", path: "/spec/type", value: "ClusterIP" }] }),
  fc.constant({
    target: { name: "web", kind: "Deployment" },
    patch: [{ op: "test", path: "/kind", value: "Deployment" }],
  }),
);

const web: JsonObject = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } };
const inPod = (spec: JsonObject): JsonObject => ({ ...web, spec: { template: { spec } } });

const merges = fc.oneof<fc.Arbitrary<JsonObject>[]>(
  number.map((replicas) => ({ ...web, spec: { replicas } })),
  letter.map((team) => ({ ...web, spec: { template: { metadata: { annotations: { team } } } } })),
  fc.constantFrom("1", "2").map((value) => inPod({ containers: [{ name: "main", env: [{ name: "LEVEL", value }] }] })),
  fc.constantFrom("main", "side").map((name) => inPod({ containers: [{ name, image: "example.com/side" }] })),
  fc.constantFrom("side", "none").map((name) => inPod({ containers: [{ name, $patch: "delete" }] })),
  fc.constantFrom("paused", "replicas").map((key) => ({ ...web, spec: { [key]: null } })),
  fc.constant(inPod({ containers: [{ name: "main", ports: [{ containerPort: 80 }] }] })),
  fc.constant(inPod({ containers: [{ name: "main", ports: [{ containerPort: 80, protocol: "TCP" }] }] })),
  fc.constant({ apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { type: "ClusterIP" } }),
  fc.constant({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { ports: [{ port: 80, name: "web" }] },
  }),
  fc.constant({ ...web, metadata: { name: "web", labels: { tier: "front" } } }),
);

const patch: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ target, patch: operations.map((one) => JSON.stringify(one)) }),
  ofOne.map(({ target, patch }) => ({ target, patch: JSON.stringify(patch) })),
  merges.map((one) => ({ patch: JSON.stringify(one) })),
  fc.record({
    target,
    patch: merges.map(({ spec, ...one }) => JSON.stringify({ ...one, ...(spec && { spec }) } as Json)),
  }),
);

const image = fc.record(
  {
    name: fc.constantFrom("example.com/web", "example.com/side", "example.com/we", "web"),
    newTag: fc.constantFrom("1", "2"),
    newName: fc.constantFrom("example.com/web", "example.com/other"),
  },
  { requiredKeys: ["name"] },
);

const few = <T>(one: fc.Arbitrary<T>, most: number) => fc.array(one, { minLength: 1, maxLength: most });

const layer: fc.Arbitrary<JsonObject> = fc.record(
  {
    patches: few(patch, 2),
    images: few(image, 2),
    replicas: few(fc.record({ name: fc.constantFrom("web", "api"), count: number }), 2),
    commonLabels: fc.dictionary(fc.constantFrom("app", "tier", "team"), letter, { minKeys: 1, maxKeys: 2 }),
    labels: few(
      fc.record({
        pairs: fc.dictionary(fc.constantFrom("tier", "team"), fc.constantFrom("front", "a"), {
          minKeys: 1,
          maxKeys: 1,
        }),
      }),
      2,
    ),
    patchesStrategicMerge: few(
      merges.map((one) => JSON.stringify(one)),
      2,
    ),
    namePrefix: fc.constant("x-"),
    namespace: fc.constant("shop"),
  },
  { requiredKeys: ["patches"] },
);

/** A base, a component, an overlay that uses both, and a second overlay that adds nothing and sometimes uses the component. */
export const arbitraryRepository: fc.Arbitrary<Kustomizations> = fc
  .record({ base: layer, part: layer, one: layer, shares: fc.boolean() })
  .map(({ base, part, one, shares }): Kustomizations => {
    const components = ["../part"];
    return {
      base: { ...base, resources: ["web.yaml", "api.yaml", "service.yaml"] },
      part: { ...part, apiVersion: "kustomize.config.k8s.io/v1alpha1", kind: "Component" },
      one: { ...one, resources: ["../base"], components },
      two: shares ? { resources: ["../base"], components } : { resources: ["../base"] },
    };
  });
