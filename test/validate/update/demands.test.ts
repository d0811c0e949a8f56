import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../tools/core/json.ts";
import { resourceOf } from "../../../tools/core/resource.ts";
import { loadSchemas, validate } from "../../../tools/validate/index.ts";
import { updateProblems } from "../../../tools/validate/update/index.ts";

const options = { versions: ["1.36"], schemas: await loadSchemas() };
const object = (kind: string, rest: string) => {
  const [apiVersion, name] = kind.split(" ");
  return {
    apiVersion,
    kind: name,
    metadata: { name: "x", namespace: "shop" },
    ...(load(rest) as object),
  } as JsonObject;
};

/** Pointers to the fields for which an update is rejected. */
function rejected(kind: string, before: string, after: string, versions = options.versions): string[] {
  const [old, next] = [resourceOf(object(kind, before)), resourceOf(object(kind, after))];
  expect(validate(old, options).problems.filter(({ rule }) => rule !== "apply/warning")).toEqual([]);
  return updateProblems(old, next, { ...options, versions }).map(({ pointer }) => pointer);
}

const pod = (fields: string) => `{containers: [{name: a, image: b:1}], ${fields}}`;
const template = (fields: string) => `{metadata: {labels: {app: x}}, spec: ${pod(fields)}}`;
const workload = (fields: string, inPod = "") =>
  `spec: {selector: {matchLabels: {app: x}}, template: ${template(inPod)}, ${fields}}`;
const job = (fields: string, inPod = "") =>
  `spec: {template: ${template(`restartPolicy: Never, ${inPod}`)}, ${fields}}`;
const onNodes =
  "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: a, operator: Exists}]}}]}}";
const stateful = (fields: string) => workload(`serviceName: x, ${fields}`);
const claim = (fields: string) => `spec: {accessModes: [ReadWriteOnce], ${fields}}`;
const size = (text: string) => `resources: {requests: {storage: ${text}}}`;
const oldClass = "volume.beta.kubernetes.io/storage-class";
const annotated = (name: string, fields: string) =>
  `{metadata: {name: x, namespace: shop, annotations: {${oldClass}: ${name}}}, ${claim(fields)}}`;
const volume = (fields: string) =>
  `spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, storageClassName: none, hostPath: {path: /a}, ${fields}}`;
const onZone = (prefix: string) =>
  `nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: ${prefix}.kubernetes.io/zone, operator: In, values: [b]}]}]}}`;
const service = (fields: string) => `spec: {ports: [{port: 80}], ${fields}}`;

/** Kind, title, before, after, and the pointers at which the update is rejected; none if it is accepted. */
const updates: readonly (readonly [kind: string, title: string, before: string, after: string, ...at: string[]])[] = [
  [
    "apps/v1 Deployment",
    "a selector",
    workload(""),
    workload("").replaceAll("app: x", "app: y"),
    "/spec/selector/matchLabels/app",
  ],
  ["apps/v1 Deployment", "replicas and image", workload("replicas: 1"), workload("replicas: 5").replace("b:1", "b:2")],
  [
    "apps/v1 Deployment",
    "Recreate over a defaulted rolling update",
    workload(""),
    workload("strategy: {type: Recreate}"),
    "/spec/strategy",
  ],
  [
    "apps/v1 Deployment",
    "Recreate over an explicit rolling update",
    workload("strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}"),
    workload("strategy: {type: Recreate}"),
  ],
  [
    "apps/v1 Deployment",
    "a null does not remove what was never written",
    workload(""),
    workload("strategy: {type: Recreate, rollingUpdate: null}"),
    "/spec/strategy/rollingUpdate",
  ],
  [
    "apps/v1 Deployment",
    "a volume source over a defaulted one",
    workload("", "volumes: [{name: v}]"),
    workload("", "volumes: [{name: v, configMap: {name: c}}]"),
    "/spec/template/spec/volumes/0/configMap",
  ],
  [
    "apps/v1 Deployment",
    "a volume source over an explicit one",
    workload("", "volumes: [{name: v, emptyDir: {}}]"),
    workload("", "volumes: [{name: v, configMap: {name: c}}]"),
  ],
  [
    "apps/v1 DaemonSet",
    "a selector",
    workload(""),
    workload("").replaceAll("app: x", "app: y"),
    "/spec/selector/matchLabels/app",
  ],
  [
    "apps/v1 StatefulSet",
    "its template and replicas",
    stateful("replicas: 1"),
    stateful("replicas: 3").replace("b:1", "b:2"),
  ],
  [
    "apps/v1 StatefulSet",
    "its service",
    stateful(""),
    stateful("").replace("serviceName: x", "serviceName: y"),
    "/spec/serviceName",
  ],
  [
    "apps/v1 StatefulSet",
    "a larger claim",
    stateful(`volumeClaimTemplates: [{metadata: {name: d}, ${claim(size("1Gi"))}}]`),
    stateful(`volumeClaimTemplates: [{metadata: {name: d}, ${claim(size("2Gi"))}}]`),
    "/spec/volumeClaimTemplates/0/spec/resources/requests/storage",
  ],
  [
    "apps/v1 StatefulSet",
    "the same claim in another notation",
    stateful(`volumeClaimTemplates: [{metadata: {name: d}, ${claim(size("1Gi"))}}]`),
    stateful(`volumeClaimTemplates: [{metadata: {name: d}, ${claim(`volumeMode: Filesystem, ${size("1024Mi")}`)}}]`),
  ],
  [
    "apps/v1 StatefulSet",
    "a claim without its default phase",
    stateful(`volumeClaimTemplates: [{metadata: {name: d}, ${claim(size("1Gi"))}, status: {phase: Pending}}]`),
    stateful(`volumeClaimTemplates: [{metadata: {name: d}, ${claim(size("1Gi"))}}]`),
  ],
  [
    "apps/v1 StatefulSet",
    "a claim in another phase",
    stateful(`volumeClaimTemplates: [{metadata: {name: d}, ${claim(size("1Gi"))}}]`),
    stateful(`volumeClaimTemplates: [{metadata: {name: d}, ${claim(size("1Gi"))}, status: {phase: Bound}}]`),
    "/spec/volumeClaimTemplates/0/status/phase",
  ],
  ["batch/v1 Job", "its template", job(""), job("").replace("b:1", "b:2"), "/spec/template/spec/containers/0/image"],
  ["batch/v1 Job", "a default written out", job(""), job("", "dnsPolicy: ClusterFirst")],
  ["batch/v1 Job", "parallelism", job(""), job("parallelism: 3")],
  ["batch/v1 Job", "completions", job(""), job("completions: 3"), "/spec/completions"],
  [
    "batch/v1 Job",
    "completions and parallelism of an indexed Job",
    job("completionMode: Indexed, completions: 2, parallelism: 2"),
    job("completionMode: Indexed, completions: 4, parallelism: 4"),
  ],
  [
    "batch/v1 Job",
    "only completions of an indexed Job",
    job("completionMode: Indexed, completions: 2, parallelism: 2"),
    job("completionMode: Indexed, completions: 4, parallelism: 2"),
    "/spec/completions",
  ],
  [
    "batch/v1 Job",
    "the node selector of a suspended Job",
    job("suspend: true"),
    job("suspend: true", "nodeSelector: {a: b}"),
  ],
  ["batch/v1 Job", "a node affinity for a suspended Job", job("suspend: true"), job("suspend: true", onNodes)],
  ["batch/v1 Job", "a removed node affinity of a suspended Job", job("suspend: true", onNodes), job("suspend: true")],
  [
    "batch/v1 Job",
    "a node affinity when a suspended Job is resumed",
    job("suspend: true"),
    job("suspend: false", onNodes),
  ],
  ["batch/v1 Job", "an empty affinity for a suspended Job", job("suspend: true"), job("suspend: true", "affinity: {}")],
  [
    "batch/v1 Job",
    "a Pod affinity for a suspended Job",
    job("suspend: true"),
    job("suspend: true", "affinity: {nodeAffinity: {}, podAffinity: {}}"),
    "/spec/template/spec/affinity",
  ],
  [
    "batch/v1 Job",
    "a removed Pod affinity of a suspended Job",
    job("suspend: true", "affinity: {nodeAffinity: {}, podAffinity: {}}"),
    job("suspend: true"),
    "/spec/template/spec",
  ],
  [
    "batch/v1 Job",
    "the image of a suspended Job",
    job("suspend: true"),
    job("suspend: true").replace("b:1", "b:2"),
    "/spec/template/spec/containers/0/image",
  ],
  ["v1 Pod", "its image", `spec: ${pod("")}`, `spec: ${pod("").replace("b:1", "b:2")}`],
  [
    "v1 Pod",
    "its command",
    `spec: ${pod("")}`,
    `spec: ${pod("").replace("b:1", "b:1, command: [c]")}`,
    "/spec/containers/0/command",
  ],
  ["v1 Pod", "an added toleration", `spec: ${pod("")}`, `spec: ${pod("tolerations: [{key: a, operator: Exists}]")}`],
  [
    "v1 Pod",
    "a removed toleration",
    `spec: ${pod("tolerations: [{key: a, operator: Exists}]")}`,
    `spec: ${pod("")}`,
    "/spec",
  ],
  [
    "v1 Pod",
    "a longer deadline",
    `spec: ${pod("activeDeadlineSeconds: 5")}`,
    `spec: ${pod("activeDeadlineSeconds: 6")}`,
    "/spec/activeDeadlineSeconds",
  ],
  [
    "v1 Pod",
    "an added scheduling gate",
    `spec: ${pod("")}`,
    `spec: ${pod("schedulingGates: [{name: a}]")}`,
    "/spec/schedulingGates/0/name",
  ],
  ["v1 Service", "a port", service(""), service("").replace("80", "81")],
  ["v1 Service", "another type", service(""), service("type: LoadBalancer")],
  ["v1 Service", "back to ClusterIP", service("type: NodePort"), service("")],
  [
    "v1 Service",
    "an explicit cluster IP",
    service("clusterIP: 10.96.0.20"),
    service("clusterIP: 10.96.0.21"),
    "/spec/clusterIP",
  ],
  ["v1 Service", "headless", service(""), service("clusterIP: None"), "/spec/clusterIP"],
  [
    "v1 Service",
    "an explicit cluster IP, which the server may have assigned already",
    service(""),
    service("clusterIP: 10.96.0.21"),
  ],
  [
    "v1 Service",
    "a load balancer class",
    service("type: LoadBalancer, loadBalancerClass: a/b"),
    service("type: LoadBalancer, loadBalancerClass: a/c"),
    "/spec/loadBalancerClass",
  ],
  ["v1 PersistentVolumeClaim", "a larger request", claim(size("1Gi")), claim(size("2Gi"))],
  [
    "v1 PersistentVolumeClaim",
    "a smaller request",
    claim(size("2Gi")),
    claim(size("1Gi")),
    "/spec/resources/requests/storage",
  ],
  [
    "v1 PersistentVolumeClaim",
    "its class",
    claim(`storageClassName: a, ${size("1Gi")}`),
    claim(`storageClassName: b, ${size("1Gi")}`),
    "/spec/storageClassName",
  ],
  [
    "v1 PersistentVolumeClaim",
    "its class added as an annotation",
    claim(`storageClassName: a, ${size("1Gi")}`),
    annotated("a", `storageClassName: a, ${size("1Gi")}`),
    `/metadata/annotations/${oldClass.replace("/", "~1")}`,
  ],
  [
    "v1 PersistentVolumeClaim",
    "another class in the annotation",
    annotated("a", size("1Gi")),
    annotated("b", size("1Gi")),
    `/metadata/annotations/${oldClass.replace("/", "~1")}`,
  ],
  [
    "v1 PersistentVolumeClaim",
    "a removed class annotation",
    annotated("a", size("1Gi")),
    claim(size("1Gi")),
    "/metadata",
  ],
  [
    "v1 PersistentVolumeClaim",
    "its class moved from the annotation to the field",
    annotated("a", size("1Gi")),
    claim(`storageClassName: a, ${size("1Gi")}`),
  ],
  [
    "v1 PersistentVolume",
    "a current zone label over a deprecated one",
    volume(onZone("failure-domain.beta")),
    volume(onZone("topology")),
  ],
  ["v1 PersistentVolume", "its first node affinity", volume(""), volume(onZone("topology"))],
  [
    "v1 PersistentVolume",
    "a deprecated zone label over a current one",
    volume(onZone("topology")),
    volume(onZone("failure-domain.beta")),
    "/spec/nodeAffinity/required/nodeSelectorTerms/0/matchExpressions/0/key",
  ],
  [
    "v1 PersistentVolume",
    "a current zone label with another zone",
    volume(onZone("failure-domain.beta")),
    volume(onZone("topology").replace("[b]", "[c]")),
    "/spec/nodeAffinity/required/nodeSelectorTerms/0/matchExpressions/0",
  ],
  ["v1 PersistentVolume", "a removed node affinity", volume(onZone("topology")), volume(""), "/spec"],
  ["v1 ConfigMap", "its data", "data: {a: b}", "data: {a: c}"],
  [
    "v1 ConfigMap",
    "the data of an immutable one",
    "{immutable: true, data: {a: b}}",
    "{immutable: true, data: {a: c}}",
    "/data/a",
  ],
  ["v1 ConfigMap", "an immutable one made mutable", "{immutable: true, data: {a: b}}", "data: {a: b}", ""],
  ["v1 Secret", "its type", "{type: a/b, stringData: {a: b}}", "{type: a/c, stringData: {a: b}}", "/type"],
  [
    "v1 Secret",
    "the same text as stringData and as data",
    "{immutable: true, stringData: {a: b}}",
    "{immutable: true, data: {a: Yg==}}",
  ],
  [
    "v1 ConfigMap",
    "the same bytes with other line breaks",
    "{immutable: true, binaryData: {a: aGVsbG8=}}",
    '{immutable: true, binaryData: {a: "aGVs\\nbG9=\\n"}}',
  ],
  [
    "v1 Secret",
    "the same bytes with other line breaks",
    "{immutable: true, data: {a: aGVsbG8=}}",
    '{immutable: true, data: {a: "aGVs\\nbG9=\\n"}}',
  ],
  [
    "v1 ConfigMap",
    "empty binaryData for an immutable one",
    "immutable: true",
    "{immutable: true, binaryData: {}}",
    "/binaryData",
  ],
  ["v1 ConfigMap", "empty data for an immutable one", "immutable: true", "{immutable: true, data: {}}"],
  ["v1 ConfigMap", "empty binaryData for a mutable one", "data: {a: b}", "{data: {a: b}, binaryData: {}}"],
  ["v1 Secret", "empty data for an immutable one", "immutable: true", "{immutable: true, data: {}}", "/data"],
  ["v1 Secret", "removed empty data of an immutable one", "{immutable: true, data: {}}", "immutable: true"],
  ["v1 Secret", "empty stringData for an immutable one", "immutable: true", "{immutable: true, stringData: {}}"],
  [
    "v1 Secret",
    "the data of an immutable one, emptied",
    "{immutable: true, data: {a: Yg==}}",
    "{immutable: true, data: {}}",
    "/data",
  ],
  [
    "rbac.authorization.k8s.io/v1 RoleBinding",
    "its role",
    "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}",
    "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: b}",
    "/roleRef/name",
  ],
  [
    "v1 ConfigMap",
    "a field that the server sets",
    "data: {a: b}",
    "metadata: {name: x, namespace: shop, deletionGracePeriodSeconds: 1}",
    "/metadata/deletionGracePeriodSeconds",
  ],
];

describe("an update", () => {
  test.each(updates)("%s: %s", (kind, _, before, after, ...at) => {
    expect(rejected(kind, before, after)).toEqual(at);
  });

  test("of a Secret does not show its content", () => {
    const [before, after] = ["old", "new"].map((text) =>
      resourceOf(object("v1 Secret", `{immutable: true, stringData: {a: ${text}secret}}`)),
    );
    const problems = updateProblems(before as never, after as never, options);
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toMatch(/oldsecret|newsecret|b2xkc2|bmV3c2/);
  });

  test("names the default that the server filled in", () => {
    const after = workload("", "volumes: [{name: v, configMap: {name: c}}]");
    const before = workload("", "volumes: [{name: v}]");
    const [old, next] = [before, after].map((text) => resourceOf(object("apps/v1 Deployment", text)));
    expect(updateProblems(old as never, next as never, options)[0]?.message).toMatch(
      /filled in spec\.template\.spec\.volumes\.0\.emptyDir when the object was created/,
    );
  });

  test("is judged by the rules of each version", () => {
    const [before, after] = ["suspend: true", "suspend: true"].map((fields) => job(fields)) as [string, string];
    const limited = after.replace("b:1", "b:1, resources: {limits: {cpu: 1}}");
    expect(rejected("batch/v1 Job", before, limited, ["1.36"])).toEqual([]);
    expect(rejected("batch/v1 Job", before, limited, ["1.34"])).toEqual(["/spec/template/spec/containers/0/resources"]);
  });

  test("names the versions that reject it", () => {
    const update = [stateful("revisionHistoryLimit: 3"), stateful("revisionHistoryLimit: 4")] as const;
    const [old, next] = update.map((text) => resourceOf(object("apps/v1 StatefulSet", text)));
    const problems = updateProblems(old as never, next as never, { ...options, versions: ["1.32", "1.36"] });
    expect(problems.map(({ message }) => /\(.*\)$/.exec(message)?.[0])).toEqual([
      "(rejected up to 1.32, valid from 1.36)",
    ]);
  });

  test("of an unknown kind is not judged", () => {
    const old = resourceOf(object("example.com/v1 Thing", "spec: {a: b}"));
    expect(updateProblems(old, resourceOf(object("example.com/v1 Thing", "spec: {a: c}")), options)).toEqual([]);
  });
});

describe("hostile objects", () => {
  test.each([
    ["keys named like prototype properties", "metadata: {name: x, labels: {__proto__: a, constructor: b}}"],
    [
      "values of the wrong types",
      "{metadata: {name: x, labels: [1]}, data: 5, binaryData: {a: {b: c}}, immutable: maybe}",
    ],
    ["null metadata", "metadata: null"],
  ])("%s", (_, text) => {
    const [one, other] = [resourceOf(object("v1 ConfigMap", "data: {a: b}")), resourceOf(object("v1 ConfigMap", text))];
    expect(() => [updateProblems(one, other, options), updateProblems(other, one, options)]).not.toThrow();
  });

  test("a deeply nested schema", () => {
    let schema: JsonObject = { type: "object" };
    for (let depth = 0; depth < 5000; depth++) schema = { type: "object", properties: { a: schema } };
    const versions = [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }];
    const crd = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "x" },
      spec: { versions },
    };
    const resource = resourceOf(crd as unknown as JsonObject);
    expect(() => updateProblems(resource, resource, options)).not.toThrow();
  });
});

const onLocal = "type: LoadBalancer, externalTrafficPolicy: Local";

test.each([
  ["clusterIP: None", 'clusterIP was an address that the cluster allocated and is now "None":'],
  ["clusterIPs: [None]", "clusterIP differs from the address that the cluster allocated:"],
  [
    "clusterIP: None, ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv4, IPv6]",
    'clusterIP was an address that the cluster allocated and is now "None":',
  ],
])("an allocated address is not shown: %s", (fields, expected) => {
  const [old, next] = [service(""), service(fields)].map((text) => resourceOf(object("v1 Service", text)));
  const messages = updateProblems(old as never, next as never, options).map(({ message }) => message);
  expect(messages).toEqual([expect.stringContaining(`Service.spec.${expected}`)]);
});

test("what is wrong with an address is not said again about the update", () => {
  const [old, next] = [service(""), service("clusterIP: fd00::1")].map((text) =>
    resourceOf(object("v1 Service", text)),
  );
  expect(updateProblems(old as never, next as never, options)).toEqual([]);
});

test.each([
  ["", "was a port that the cluster allocated and is now 31500:"],
  [", healthCheckNodePort: 31400", "was 31400 and is now 31500:"],
])("an allocated port is not shown: %j", (fields, expected) => {
  const of = (more: string) => resourceOf(object("v1 Service", service(`${onLocal}${more}`)));
  const messages = updateProblems(of(fields), of(", healthCheckNodePort: 31500"), options).map((one) => one.message);
  expect(messages).toEqual([expect.stringContaining(`Service.spec.healthCheckNodePort ${expected}`)]);
});
