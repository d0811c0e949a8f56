import { expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { evaluate } from "../../tools/policy/evaluate.ts";
import { rules } from "../../tools/rules/index.ts";

// Where advice is true, and where it would be a false alarm: what the fixtures of the rules leave out.

const namespace = "shop";

function object(apiVersion: string, kind: string, name: string, more: JsonObject, labels: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata: { name, namespace, labels }, ...more };
}

function workload(spec: JsonObject, pod: JsonObject = {}, kind = "Deployment"): JsonObject {
  const selector = { matchLabels: { app: "web" } };
  const template = { metadata: { labels: { app: "web" } }, spec: { containers: [container()], ...pod } };
  return object("apps/v1", kind, "web", { spec: { selector, template, ...spec } });
}

function container(more: JsonObject = {}): JsonObject {
  return { name: "web", image: "example.com/web:1.4.2", ports: [{ name: "http", containerPort: 8080 }], ...more };
}

const service = (port: JsonObject = {}, spec: JsonObject = {}) =>
  object("v1", "Service", "web", {
    spec: { selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080, ...port }], ...spec },
  });

const labelled = object(
  "v1",
  "Service",
  "web",
  { spec: { selector: { app: "web" }, ports: [{ name: "https", port: 8443 }] } },
  { app: "web" },
);
const monitor = (endpoint: JsonObject, selector: JsonObject = { matchLabels: { app: "web" } }) =>
  object("monitoring.coreos.com/v1", "ServiceMonitor", "web", { spec: { selector, endpoints: [endpoint] } });

const account = (more: JsonObject = {}) => object("v1", "ServiceAccount", "web", more);
const rbac = "rbac.authorization.k8s.io/v1";
const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "web" };
const binding = (subject: JsonObject) => object(rbac, "RoleBinding", "web", { roleRef, subjects: [subject] });
const role = (labels: JsonObject = {}) => object(rbac, "Role", "web", { rules: [] }, labels);
const asWeb = workload({}, { serviceAccountName: "web" });

const privileged = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
};
const socket = workload({}, { volumes: [{ name: "run", hostPath: { path: "/run/containerd/containerd.sock" } }] });

const sized = (mode: string) =>
  object("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", "web", {
    spec: { targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, updatePolicy: { updateMode: mode } },
  });
const limits = { resources: { limits: { memory: "64Mi" } } };
const limited = workload({}, { containers: [container(limits)] });

const set = (more: JsonObject = {}) => workload({ replicas: 3, ...more }, {}, "StatefulSet");
const claims = { volumeClaimTemplates: [{ metadata: { name: "data" }, spec: {} }] };
const rolling = (maxUnavailable: number | string) =>
  workload({ replicas: 3, strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable } } });
const claim = (mode: string) => object("v1", "PersistentVolumeClaim", "data", { spec: { accessModes: [mode] } });
const mounting = workload({}, { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] });

const called = (image: string) => workload({}, { containers: [container({ image })] });
const budget = (spec: JsonObject) =>
  object("policy/v1", "PodDisruptionBudget", "web", { spec: { selector: { matchLabels: { app: "web" } }, ...spec } });
const autoscaler = object("autoscaling/v2", "HorizontalPodAutoscaler", "web", {
  spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, maxReplicas: 9 },
});

/** What is found of resources, with the severity that it has. */
async function problemsOf(objects: readonly JsonObject[], id: string) {
  const target = { path: "shop", kind: "kustomization" } as const;
  const resources = objects.map((one) => resourceOf(one));
  const { problems, crashes } = await evaluate(rules, { target, resources, versions: ["1.36"] });
  expect(crashes).toEqual([]);
  const own = rules.find((rule) => rule.id === id)?.severity;
  return problems
    .filter(({ rule }) => rule === id)
    .map((problem) => ({ ...problem, severity: problem.severity ?? own }));
}

const probe = (more: JsonObject = {}) => ({ httpGet: { path: "/", port: 8080 }, ...more });
const probed = (more: JsonObject) => workload({}, { containers: [container(more)] });

test.each<[string, rule: string, resources: JsonObject[], "error" | "warning" | undefined]>([
  // Who gets a token.
  ["an account that nothing is granted", "security/service-account-token", [account(), asWeb], "warning"],
  [
    "one that a binding names",
    "security/service-account-token",
    [account(), role(), binding({ kind: "ServiceAccount", name: "web", namespace }), asWeb],
    undefined,
  ],
  [
    "one of a group that is bound",
    "security/service-account-token",
    [account(), role(), binding({ kind: "Group", name: "system:serviceaccounts:shop" }), asWeb],
    undefined,
  ],
  [
    "one of another namespace's group",
    "security/service-account-token",
    [account(), role(), binding({ kind: "Group", name: "system:serviceaccounts:bar" }), asWeb],
    "warning",
  ],
  [
    "one that is bound as a user",
    "security/service-account-token",
    [account(), role(), binding({ kind: "User", name: "system:serviceaccount:shop:web" }), asWeb],
    undefined,
  ],
  ["a role that is bound elsewhere", "security/service-account-token", [account(), role(), asWeb], undefined],
  [
    "a role that is part of another",
    "security/service-account-token",
    [account(), role({ "rbac.authorization.k8s.io/aggregate-to-edit": "true" }), asWeb],
    "warning",
  ],
  ["an account that is made elsewhere", "security/service-account-token", [asWeb], undefined],
  [
    "an account that says what it wants",
    "security/service-account-token",
    [account({ automountServiceAccountToken: true }), asWeb],
    undefined,
  ],
  ["an account of its own", "security/default-service-account", [asWeb], undefined],
  // The runtime's socket.
  ["a socket in any namespace", "security/docker-socket", [socket], "error"],
  ["a socket in one that is privileged", "security/docker-socket", [privileged, socket], "warning"],
  // Resources.
  ["a limit is a request", "reliability/resources", [limited], "warning"],
  ["what an autoscaler sizes", "reliability/resources", [limited, sized("Auto")], undefined],
  ["what it only recommends", "reliability/resources", [limited, sized("Off")], "warning"],
  // Who answers requests.
  ["a Service sends requests", "reliability/probes", [workload({}), service()], "warning"],
  ["a Service for metrics alone", "reliability/probes", [workload({}), service({ name: "metrics" })], undefined],
  [
    "a Service that a ServiceMonitor alone asks",
    "reliability/probes",
    [workload({}), labelled, monitor({ port: "https" })],
    undefined,
  ],
  [
    "a port that a ServiceMonitor does not ask",
    "reliability/probes",
    [workload({}), labelled, monitor({ port: "other" })],
    "warning",
  ],
  [
    "a ServiceMonitor of other Services",
    "reliability/probes",
    [workload({}), labelled, monitor({ port: "https" }, { matchLabels: { app: "other" } })],
    "warning",
  ],
  [
    "pods that find each other",
    "reliability/probes",
    [workload({}), service({}, { publishNotReadyAddresses: true })],
    undefined,
  ],
  [
    "a Service for others",
    "reliability/probes",
    [workload({}), service({}, { selector: { app: "other" } })],
    undefined,
  ],
  ["a container that starts up", "reliability/probes", [probed({ startupProbe: probe() }), service()], undefined],
  ["no Service anywhere, and a port", "reliability/probes", [workload({})], "warning"],
  [
    "no Service anywhere, and a port for liveness",
    "reliability/probes",
    [probed({ livenessProbe: probe() })],
    undefined,
  ],
  ["an agent of each node", "reliability/probes", [workload({}, {}, "DaemonSet")], undefined],
  ["one that answers", "reliability/replicas", [workload({}), service()], "warning"],
  ["none at all", "reliability/replicas", [workload({ replicas: 0 }), service()], undefined],
  ["one with a claim", "reliability/replicas", [mounting, service()], undefined],
  // Budgets and spread.
  ["replicas that answer", "reliability/pdb", [workload({ replicas: 2 }), service()], "warning"],
  [
    "replicas that nobody asks",
    "reliability/pdb",
    [workload({ replicas: 2 }), service({}, { selector: { app: "other" } })],
    undefined,
  ],
  [
    "replicas that keep data",
    "reliability/pdb",
    [set(claims), service({}, { publishNotReadyAddresses: true })],
    "warning",
  ],
  ["replicas of one node", "reliability/spread", [workload({ replicas: 2 }, { nodeName: "a" })], undefined],
  [
    "replicas with the node's ports",
    "reliability/spread",
    [workload({ replicas: 2 }, { hostNetwork: true })],
    undefined,
  ],
  ["one pod a node", "reliability/spread", [workload({}, {}, "DaemonSet")], undefined],
  // Updates.
  ["all at once, by number", "reliability/update-strategy", [rolling(3)], "warning"],
  ["all but one", "reliability/update-strategy", [rolling(2)], undefined],
  ["a part of them", "reliability/update-strategy", [rolling("50%")], undefined],
  ["a volume of one node", "reliability/update-strategy", [mounting, claim("ReadWriteOnce")], "warning"],
  ["a volume of many nodes", "reliability/update-strategy", [mounting, claim("ReadWriteMany")], undefined],
  ["a volume that nobody knows", "reliability/update-strategy", [mounting], undefined],
  // Images.
  ["an image without a tag", "reliability/image-tag", [called("example.com/web")], "error"],
  ["a package that ko builds", "reliability/image-tag", [called("ko://example.com/web/cmd")], undefined],
  // Probes that are alike.
  [
    "liveness that gives up first",
    "reliability/same-probes",
    [probed({ livenessProbe: probe({ periodSeconds: 2 }), readinessProbe: probe() })],
    "warning",
  ],
  [
    "liveness that gives up later",
    "reliability/same-probes",
    [probed({ livenessProbe: probe({ periodSeconds: 20 }), readinessProbe: probe() })],
    undefined,
  ],
])("%s: %s", async (_, id, objects, severity) => {
  const found = (await problemsOf(objects, id)).map((problem) => problem.severity);
  expect(found).toEqual(severity === undefined ? [] : [severity]);
});

test("a budget says under which autoscaler it allows nothing", async () => {
  const [alone] = await problemsOf([workload({}), budget({ minAvailable: 1 })], "link/pdb-blocks-drain");
  expect(alone?.message).toBe("PodDisruptionBudget web requires 1 of 1 pod: no disruption is ever allowed");
  const [scaled] = await problemsOf([workload({}), autoscaler, budget({ minAvailable: 1 })], "link/pdb-blocks-drain");
  expect(scaled?.message).toBe(
    "PodDisruptionBudget web requires 1 of 1 pod: no disruption is allowed unless HorizontalPodAutoscaler web adds pods",
  );
});

test("a selector that fails by its expressions says so", async () => {
  const matchExpressions = [{ key: "tier", operator: "In", values: ["front"] }];
  const selector = { matchLabels: { app: "web" }, matchExpressions };
  const [problem] = await problemsOf([workload({}), budget({ maxUnavailable: 1, selector })], "link/pdb-no-pods");
  expect(problem?.help).toBe("The closest match is Deployment web; its pods do not satisfy matchExpressions.");
});

test("a workload that a target has twice is named once", async () => {
  const twice = [workload({}), workload({}), service({ targetPort: 9999 })];
  const [port] = await problemsOf(twice, "link/target-port");
  expect(port?.message).toBe("Service web targets port 9999 (TCP), which no container of web has");
});

const ported = (ports: JsonObject[]) => workload({}, { containers: [container({ ports })] });

test.each<
  [string, ports: JsonObject[], port: JsonObject, "error" | "warning" | undefined, message: string, help: string]
>([
  [
    "a number of the other protocol",
    [{ containerPort: 514 }, { name: "dns", containerPort: 53, protocol: "UDP" }],
    { targetPort: 514, protocol: "UDP" },
    "warning",
    "Service web targets port 514 (UDP), which containers of web only have for TCP",
    "Correct the protocol; if the program does listen on UDP, declare it: { containerPort: 514, protocol: UDP }.",
  ],
  [
    "a name of the other protocol",
    [{ name: "dns", containerPort: 53, protocol: "UDP" }],
    { targetPort: "dns" },
    "error",
    "Service web targets port dns (TCP), which containers of web only have for UDP",
    "Correct the protocol of the Service port or of the container port: both must be the same.",
  ],
  [
    "no such number",
    [
      { name: "http", containerPort: 8080 },
      { name: "dns", containerPort: 53, protocol: "UDP" },
    ],
    { targetPort: 514, protocol: "UDP" },
    "error",
    "Service web targets port 514 (UDP), which no container of web has",
    "Their ports: dns (53 UDP), http (8080).",
  ],
  [
    "no such name, and a number that varies",
    [{ name: "m", containerPort: `\${PORT:-80}` }, { containerPort: `\${PORT}` }],
    { targetPort: "http" },
    "error",
    "Service web targets port http (TCP), which no container of web has",
    "Their ports: m, one set by a variable.",
  ],
  ["a number that varies", [{ name: "m", containerPort: `\${PORT:-80}` }], {}, undefined, "", ""],
  ["a name that varies", [{ name: `\${NAME}`, containerPort: 80 }], { targetPort: "http" }, undefined, "", ""],
])("a Service's port: %s", async (_, ports, port, severity, message, help) => {
  const found = await problemsOf([ported(ports), service(port)], "link/target-port");
  expect(found.map((one) => [one.severity, one.message, one.help])).toEqual(
    severity ? [[severity, message, help]] : [],
  );
});

const digest = "4bf9b16d5b6a0c0d1b9b6f4d7f4e8c2a3b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e";

const imageNameFix = rules.find(({ id }) => id === "reliability/image-name")?.fix;

test.each<[image: string, severity: "error" | "warning", help: string | undefined]>([
  ["ghcr.io/MyOrg/web:1.2", "error", "Write it in lower case: ghcr.io/myorg/web:1.2"],
  ["https://ghcr.io/org/web:1", "error", "Remove https://: ghcr.io/org/web:1"],
  ["docker://a/Org/web:1", "error", "Remove docker://."],
  ["nginx:1.27:2", "error", "An image has only one tag: keep 1.27 or 2."],
  ["nginx:v1+build", "error", "+ is not allowed in a tag: use - or _: nginx:v1-build"],
  ["nginx:", "error", "Add a tag after the colon, or remove the colon: nginx"],
  ["nginx@sha256:abc", "error", "A sha256 digest has 64 characters; this one has 3."],
  [
    `nginx@sha256:${digest.toUpperCase()}`,
    "error",
    "A digest consists of digits and the letters a to f, in lower case.",
  ],
  [`nginx@md5:${digest}`, "error", "A digest starts with sha256:, sha384: or sha512:."],
  [digest, "error", "A digest alone is not a name: write the name of the image and @sha256: before it."],
  [`nginx:${"1".repeat(129)}`, "error", "A tag has at most 128 characters; this one has 129."],
  ["nginx:1,2", "error", "A tag consists of letters, digits, - . and _, and starts with a letter, a digit or _."],
  ["-nginx:1", "error", imageNameFix],
  ["gcr.io/PROJECT_ID/web:TAG", "warning", "Replace them; if this is the real name, write it in lower case."],
])("a name of an image that no kubelet can read: %s", async (image, severity, help) => {
  const found = await problemsOf([called(image)], "reliability/image-name");
  expect(found.map((one) => [one.severity, one.help])).toEqual([[severity, help]]);
});
