import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { evaluate } from "../../tools/policy/evaluate.ts";
import { rules } from "../../tools/rules/index.ts";

// When advice applies, and when it would be a false alarm: cases that the rules' fixtures leave out.

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

const sharing = (replicas: number, spec: JsonObject = {}, pod: JsonObject = {}) =>
  workload(
    { replicas, ...spec },
    { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }], ...pod },
  );

const withImage = (image: string) => workload({}, { containers: [container({ image })] });
const budget = (spec: JsonObject) =>
  object("policy/v1", "PodDisruptionBudget", "web", { spec: { selector: { matchLabels: { app: "web" } }, ...spec } });
const autoscaler = object("autoscaling/v2", "HorizontalPodAutoscaler", "web", {
  spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, maxReplicas: 9 },
});

/** The problems that a rule finds in resources, with their severity. */
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
const withProbes = (more: JsonObject) => workload({}, { containers: [container(more)] });

test.each<[string, rule: string, resources: JsonObject[], "error" | "warning" | undefined]>([
  // Service account tokens.
  ["an account without grants", "security/service-account-token", [account(), asWeb], "warning"],
  [
    "an account that a binding names",
    "security/service-account-token",
    [account(), role(), binding({ kind: "ServiceAccount", name: "web", namespace }), asWeb],
    undefined,
  ],
  [
    "an account in a bound group",
    "security/service-account-token",
    [account(), role(), binding({ kind: "Group", name: "system:serviceaccounts:shop" }), asWeb],
    undefined,
  ],
  [
    "a bound group of another namespace",
    "security/service-account-token",
    [account(), role(), binding({ kind: "Group", name: "system:serviceaccounts:bar" }), asWeb],
    "warning",
  ],
  [
    "an account bound as a user",
    "security/service-account-token",
    [account(), role(), binding({ kind: "User", name: "system:serviceaccount:shop:web" }), asWeb],
    undefined,
  ],
  ["a role that may be bound elsewhere", "security/service-account-token", [account(), role(), asWeb], undefined],
  [
    "a role that is aggregated into another",
    "security/service-account-token",
    [account(), role({ "rbac.authorization.k8s.io/aggregate-to-edit": "true" }), asWeb],
    "warning",
  ],
  ["an account from elsewhere", "security/service-account-token", [asWeb], undefined],
  [
    "an account that sets automountServiceAccountToken",
    "security/service-account-token",
    [account({ automountServiceAccountToken: true }), asWeb],
    undefined,
  ],
  ["a dedicated account", "security/default-service-account", [asWeb], undefined],
  // The container runtime's socket.
  ["a socket in any namespace", "security/docker-socket", [socket], "error"],
  ["a socket in a privileged namespace", "security/docker-socket", [privileged, socket], "warning"],
  // Resources.
  ["a limit that serves as the request", "reliability/resources", [limited], "warning"],
  ["a workload that an autoscaler sizes", "reliability/resources", [limited, sized("Auto")], undefined],
  ["an autoscaler that only recommends", "reliability/resources", [limited, sized("Off")], "warning"],
  // Workloads that serve requests.
  ["a workload behind a Service", "reliability/probes", [workload({}), service()], "warning"],
  ["a Service for metrics only", "reliability/probes", [workload({}), service({ name: "metrics" })], undefined],
  [
    "a Service that only a ServiceMonitor scrapes",
    "reliability/probes",
    [workload({}), labelled, monitor({ port: "https" })],
    undefined,
  ],
  [
    "a port that no ServiceMonitor scrapes",
    "reliability/probes",
    [workload({}), labelled, monitor({ port: "other" })],
    "warning",
  ],
  [
    "a ServiceMonitor for other Services",
    "reliability/probes",
    [workload({}), labelled, monitor({ port: "https" }, { matchLabels: { app: "other" } })],
    "warning",
  ],
  [
    "a Service for peer discovery",
    "reliability/probes",
    [workload({}), service({}, { publishNotReadyAddresses: true })],
    undefined,
  ],
  [
    "a Service for other pods",
    "reliability/probes",
    [workload({}), service({}, { selector: { app: "other" } })],
    undefined,
  ],
  [
    "a container with a startup probe",
    "reliability/probes",
    [withProbes({ startupProbe: probe() }), service()],
    undefined,
  ],
  ["a port without a Service", "reliability/probes", [workload({})], "warning"],
  ["a port for liveness without a Service", "reliability/probes", [withProbes({ livenessProbe: probe() })], undefined],
  ["an agent on each node", "reliability/probes", [workload({}, {}, "DaemonSet")], undefined],
  ["a single replica that serves requests", "reliability/replicas", [workload({}), service()], "warning"],
  ["zero replicas", "reliability/replicas", [workload({ replicas: 0 }), service()], undefined],
  ["a single replica with a claim", "reliability/replicas", [mounting, service()], undefined],
  // Budgets and spread.
  ["replicas that serve requests", "reliability/pdb", [workload({ replicas: 2 }), service()], "warning"],
  [
    "replicas without a Service",
    "reliability/pdb",
    [workload({ replicas: 2 }), service({}, { selector: { app: "other" } })],
    undefined,
  ],
  ["replicas with data", "reliability/pdb", [set(claims), service({}, { publishNotReadyAddresses: true })], "warning"],
  ["replicas on one node", "reliability/spread", [workload({ replicas: 2 }, { nodeName: "a" })], undefined],
  ["replicas on the host network", "reliability/spread", [workload({ replicas: 2 }, { hostNetwork: true })], undefined],
  ["one pod per node", "reliability/spread", [workload({}, {}, "DaemonSet")], undefined],
  // Updates.
  ["all pods at once, as a number", "reliability/update-strategy", [rolling(3)], "warning"],
  ["all pods but one", "reliability/update-strategy", [rolling(2)], undefined],
  ["a share of the pods", "reliability/update-strategy", [rolling("50%")], undefined],
  ["a volume for one node", "reliability/update-strategy", [mounting, claim("ReadWriteOnce")], "warning"],
  ["a volume for many nodes", "reliability/update-strategy", [mounting, claim("ReadWriteMany")], undefined],
  ["a volume from elsewhere", "reliability/update-strategy", [mounting], undefined],
  [
    "replicas that share a volume for many nodes",
    "reliability/spread",
    [sharing(3), claim("ReadWriteMany")],
    "warning",
  ],
  ["replicas that share a volume for one node", "reliability/spread", [sharing(3), claim("ReadWriteOnce")], undefined],
  [
    "replicas of a StatefulSet with its own volumes",
    "reliability/spread",
    [
      workload(
        { replicas: 3, ...claims },
        { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] },
        "StatefulSet",
      ),
      claim("ReadWriteOnce"),
    ],
    "warning",
  ],
  [
    "replicas that all run on one given node",
    "reliability/update-strategy",
    [sharing(2, {}, { nodeSelector: { "kubernetes.io/hostname": "a" } }), claim("ReadWriteOnce")],
    undefined,
  ],
  // Images.
  ["an image without a tag", "reliability/image-tag", [withImage("example.com/web")], "error"],
  ["a package that ko builds", "reliability/image-tag", [withImage("ko://example.com/web/cmd")], undefined],
  // Identical probes.
  [
    "a liveness probe that gives up first",
    "reliability/same-probes",
    [withProbes({ livenessProbe: probe({ periodSeconds: 2 }), readinessProbe: probe() })],
    "warning",
  ],
  [
    "a liveness probe that gives up later",
    "reliability/same-probes",
    [withProbes({ livenessProbe: probe({ periodSeconds: 20 }), readinessProbe: probe() })],
    undefined,
  ],
])("%s: %s", async (_, id, objects, severity) => {
  const found = (await problemsOf(objects, id)).map((problem) => problem.severity);
  expect(found).toEqual(severity === undefined ? [] : [severity]);
});

const twoAtLeast = object("autoscaling/v2", "HorizontalPodAutoscaler", "web", {
  spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, minReplicas: 2, maxReplicas: 9 },
});

test.each<[string, resources: JsonObject[], pointer: string, message: string]>([
  [
    "with the default strategy",
    [sharing(3), claim("ReadWriteOnce")],
    "/spec/replicas",
    "the 3 replicas of Deployment web share claim data, which only one node can mount: pods on other nodes stay in ContainerCreating",
  ],
  [
    "with Recreate",
    [sharing(3, { strategy: { type: "Recreate" } }), claim("ReadWriteOnce")],
    "/spec/replicas",
    "the 3 replicas of Deployment web share claim data, which only one node can mount: pods on other nodes stay in ContainerCreating",
  ],
  [
    "which an autoscaler sets",
    [mounting, twoAtLeast, claim("ReadWriteOnce")],
    "/spec",
    "the 2 replicas of Deployment web share claim data, which only one node can mount: pods on other nodes stay in ContainerCreating",
  ],
  [
    "with a claim for a single pod",
    [sharing(3), claim("ReadWriteOncePod")],
    "/spec/replicas",
    "the 3 replicas of Deployment web share claim data, which only one pod can use: the others stay Pending",
  ],
])("replicas that share a volume for one node, %s", async (_, objects, pointer, message) => {
  const found = await problemsOf(objects, "reliability/update-strategy");
  const help =
    "Use a ReadWriteMany claim, a StatefulSet with volumeClaimTemplates, or one replica with strategy Recreate.";
  expect(found).toEqual([expect.objectContaining({ pointer, message, help })]);
});

test("a budget that blocks disruptions names the autoscaler that can change this", async () => {
  const [alone] = await problemsOf([workload({}), budget({ minAvailable: 1 })], "link/pdb-blocks-drain");
  expect(alone?.message).toBe("PodDisruptionBudget web requires 1 of 1 pod: no disruption is ever allowed");
  const [scaled] = await problemsOf([workload({}), autoscaler, budget({ minAvailable: 1 })], "link/pdb-blocks-drain");
  expect(scaled?.message).toBe(
    "PodDisruptionBudget web requires 1 of 1 pod: no disruption is allowed unless HorizontalPodAutoscaler web adds pods",
  );
});

const calling = (value: string) => workload({}, { containers: [container({ env: [{ name: "PEER", value }] })] });
const named = (name: string, port: Json = 80) => object("v1", "Service", name, { spec: { ports: [{ port }] } });

test.each<[string, host: string, services: JsonObject[], "error" | "warning" | undefined]>([
  ["a port that the Service lacks", "orders.shop.svc:81", [named("orders")], "error"],
  [
    "a Service without a namespace, which may be another one",
    "orders.shop.svc:81",
    [{ ...named("orders"), metadata: { name: "orders" } }],
    "warning",
  ],
  ["a port that is a variable", "orders.shop.svc:81", [named("orders", `\${PORT}`)], undefined],
  ["a missing letter", "order.shop.svc", [named("orders")], "warning"],
  ["an extra letter", "oorders.shop.svc", [named("orders")], "warning"],
  ["a wrong letter", "orderz.shop.svc", [named("orders")], "warning"],
  ["swapped letters", "odrers.shop.svc", [named("orders")], "warning"],
  ["two wrong letters", "ordexx.shop.svc", [named("orders")], undefined],
  ["letters that are swapped over a distance", "sroedr.shop.svc", [named("orders")], undefined],
  ["another number", "orders2.shop.svc", [named("orders1")], undefined],
  ["a short name", "ap.shop.svc", [named("api")], undefined],
])("a host that a container calls: %s", async (_, host, services, severity) => {
  const found = await problemsOf([calling(host), ...services], "link/service-host");
  expect(found.map((problem) => problem.severity)).toEqual(severity === undefined ? [] : [severity]);
});

test("a monitor names some of the Services that lack its port, unless a name of a port is a variable", async () => {
  const [lacking, open] = [["https"], ["https", `\${NAME}`]].map((ports) =>
    ["a", "b", "c", "d"].map((name) =>
      object(
        "v1",
        "Service",
        name,
        { spec: { ports: ports.map((port) => ({ name: port, port: 80 })) } },
        { app: "web" },
      ),
    ),
  ) as [JsonObject[], JsonObject[]];
  const wanted = monitor({ port: "metrics" });
  const [problem] = await problemsOf([workload({}), ...lacking, wanted], "link/scrape-target");
  expect(problem?.message).toBe(
    "ServiceMonitor web scrapes port metrics, but Service a, Service b, Service c and 1 more have no port of that name",
  );
  expect(await problemsOf([workload({}), ...open, wanted], "link/scrape-target")).toEqual([]);
});

test("a host that no Service has is reported with the container that calls it", async () => {
  const contracts = [{ image: "example.com/web", calls: [{ host: "orders", port: 80 }] }];
  const target = { path: "shop", kind: "kustomization" } as const;
  const resources = [workload({}), service()].map((one) => resourceOf(one));
  const { problems } = await evaluate(rules, { target, resources, contracts, versions: ["1.36"] });
  const problem = problems.find(({ rule }) => rule === "discovery/host-unresolved");
  expect(problem?.message).toBe(
    "web of Deployment web calls orders, but Service orders does not exist in namespace shop",
  );
  expect(problem?.missing?.by).toBe("Deployment web");
});

test("a request outside the bounds of a LimitRange has the right article", async () => {
  const range = object("v1", "LimitRange", "bounds", {
    spec: { limits: [{ type: "Container", max: { cpu: "1", "ephemeral-storage": "1Gi" } }] },
  });
  const requests = { cpu: "2", "ephemeral-storage": "2Gi" };
  const found = await problemsOf(
    [workload({}, { containers: [container({ resources: { requests, limits: requests } })] }), range],
    "link/limit-range",
  );
  expect(found.map(({ message }) => message.split(" but ")[0])).toEqual([
    "container web of Deployment web has a cpu limit of 2,",
    "container web of Deployment web has an ephemeral-storage limit of 2Gi,",
  ]);
});

test("a selector that fails by its matchExpressions is explained", async () => {
  const matchExpressions = [{ key: "tier", operator: "In", values: ["front"] }];
  const selector = { matchLabels: { app: "web" }, matchExpressions };
  const [problem] = await problemsOf([workload({}), budget({ maxUnavailable: 1, selector })], "link/pdb-no-pods");
  expect(problem?.help).toBe("The closest match is Deployment web; its pods do not satisfy matchExpressions.");
});

test.each([
  ["interal", "Did you mean internal?"],
  ["other", "The Gateways of this namespace: internal."],
])("a selector for the pods of Gateway %s, which is not among the others", async (name, help) => {
  const gateway = object("gateway.networking.k8s.io/v1", "Gateway", "internal", { spec: {} });
  const selector = { matchLabels: { "gateway.networking.k8s.io/gateway-name": name } };
  const found = await problemsOf([workload({}), gateway, budget({ maxUnavailable: 1, selector })], "link/pdb-no-pods");
  expect(found).toEqual([expect.objectContaining({ help })]);
  expect(found[0]?.wants).toEqual({ kind: "Gateway.gateway.networking.k8s.io", namespace, name });
});

const knative = (more: JsonObject = {}) => ({
  ...object("operator.knative.dev/v1beta1", "KnativeServing", "knative", {}),
  ...more,
});
const missingAccount = "Deployment web references ServiceAccount web, which does not exist in namespace shop";

test.each<[what: string, others: JsonObject[], severity: string, message: string]>([
  ["nothing may create it", [], "error", missingAccount],
  [
    "an operator may create it",
    [knative()],
    "warning",
    `${missingAccount}, unless the operator of KnativeServing creates it`,
  ],
  [
    "the custom resource is in another namespace",
    [knative({ metadata: { name: "knative", namespace: "other" } })],
    "error",
    missingAccount,
  ],
  [
    "the custom resource is a rule",
    [object("example.com/v1", "EgressRule", "default", {}), object("k8s.ovn.org/v1", "EgressIP", "default", {})],
    "error",
    missingAccount,
  ],
  [
    "the definition of the custom resource is bundled",
    [object("velero.io/v1", "Backup", "daily", {})],
    "error",
    missingAccount,
  ],
  [
    "the target has it in another namespace",
    [knative(), { ...account(), metadata: { name: "web", namespace: "other" } }],
    "error",
    missingAccount,
  ],
])("a missing account: %s", async (_, others, severity, message) => {
  const found = await problemsOf([asWeb, service(), ...others], "link/service-account-missing");
  expect(found).toEqual([expect.objectContaining({ severity, message })]);
});

test("a missing Secret that the operator of a custom resource may create, unless its name is a typo", async () => {
  const mounting = (secretName: string) => workload({}, { volumes: [{ name: "a", secret: { secretName } }] });
  const there = object("v1", "Secret", "credentials", {});
  const [open] = await problemsOf([mounting("webhook-certs"), there, knative()], "link/config-missing");
  expect(open?.message).toMatch(/in namespace shop, unless the operator of KnativeServing creates it$/);
  expect(open?.severity).toBe("warning");
  const [typo] = await problemsOf([mounting("credential"), there, knative()], "link/config-missing");
  expect([typo?.severity, typo?.help]).toEqual(["error", "Did you mean credentials?"]);
});

test("a workload that occurs twice in a target is named once", async () => {
  const twice = [workload({}), workload({}), service({ targetPort: 9999 })];
  const [port] = await problemsOf(twice, "link/target-port");
  expect(port?.message).toBe("Service web targets port 9999 (TCP), which no container of web declares");
});

test("a role is told the resource as it is written, with its part", async () => {
  const definition = { group: "example.com", names: { kind: "Widget", plural: "widgets" }, versions: [] };
  const crd = object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.example.com", {
    spec: definition,
  });
  const rules = [{ apiGroups: ["example.com"], resources: ["widget/finalizers"], verbs: ["update"] }];
  const [problem] = await problemsOf([crd, object(rbac, "Role", "web", { rules })], "link/role-resource");
  expect(problem?.message).toBe("Role web names resource widget/finalizers, which example.com does not have");
  expect(problem?.help).toBe("Did you mean widgets/finalizers?");
});

test.each<[wanted: string, there: string, meant: boolean]>([
  ["cart-secret", "carts-secret", true],
  ["web-secret", "web-secrets", true],
  ["gitea", "gitea-http", true],
  ["hf-secret", "chap-secret", false],
  ["nginxsecret", "sio-secret", false],
  ["smoke-secret", "cafe-secret", false],
])("Secret %s may mean %s: %s", async (name, there, meant) => {
  const pod = workload({}, { volumes: [{ name: "a", secret: { secretName: name } }] });
  const found = await problemsOf([pod, object("v1", "Secret", there, {})], "link/config-missing");
  const help = meant ? `Did you mean ${there}?` : expect.stringMatching(/^Add it to this target/);
  expect(found.map((one) => one.help)).toEqual([help]);
});

test("a Service of a workload with 0 replicas: what to do if that is on purpose", async () => {
  const second = { ...service(), metadata: { name: "web-nodeport", namespace } };
  const found = await problemsOf([workload({ replicas: 0 }), service(), second], "link/service-no-endpoints");
  const [idle, other] = found;
  expect(idle?.message).toBe("Service web selects only pods of Deployment web, which has 0 replicas");
  expect(idle?.help).toContain("kept at 0 on purpose, waive this until it runs again, or remove the Service as well");
  expect(idle?.severity).toBe("warning");
  // So the report has one finding for both.
  expect(other?.missing?.what).toBe(idle?.missing?.what);
});

const withPorts = (ports: JsonObject[]) => workload({}, { containers: [container({ ports })] });

test.each<
  [string, ports: JsonObject[], port: JsonObject, "error" | "warning" | undefined, message: string, help: string]
>([
  [
    "a number with the other protocol",
    [{ containerPort: 514 }, { name: "dns", containerPort: 53, protocol: "UDP" }],
    { targetPort: 514, protocol: "UDP" },
    "warning",
    "Service web targets port 514 (UDP), which containers of web only have for TCP",
    "Correct the protocol; if the program does listen on UDP, declare it: { containerPort: 514, protocol: UDP }.",
  ],
  [
    "a name with the other protocol",
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
    "Service web targets port 514 (UDP), which no container of web declares",
    "Their ports: dns (53 UDP), http (8080). If the program does listen on 514, declare it: { containerPort: 514, protocol: UDP }.",
  ],
  [
    "no such name, and a number from a variable",
    [{ name: "m", containerPort: `\${PORT:-80}` }, { containerPort: `\${PORT}` }],
    { targetPort: "http" },
    "error",
    "Service web targets port http (TCP), which no container of web has",
    "Their ports: m, one set by a variable.",
  ],
  ["a number from a variable", [{ name: "m", containerPort: `\${PORT:-80}` }], {}, undefined, "", ""],
  ["a name from a variable", [{ name: `\${NAME}`, containerPort: 80 }], { targetPort: "http" }, undefined, "", ""],
])("a Service's port: %s", async (_, ports, port, severity, message, help) => {
  const found = await problemsOf([withPorts(ports), service(port)], "link/target-port");
  expect(found.map((one) => [one.severity, one.message, one.help])).toEqual(
    severity ? [[severity, message, help]] : [],
  );
});

test.each<[number, "error" | "warning"]>([
  [9090, "warning"],
  [9091, "error"],
])("a number that no container declares, next to a Service port %d", async (port, severity) => {
  const pods = withPorts([{ containerPort: 9090 }]);
  const ports = [
    { name: "a", port },
    { name: "b", port: 14268 },
  ];
  const found = await problemsOf([pods, service({}, { ports })], "link/target-port");
  expect(found.at(-1)).toMatchObject({ pointer: "/spec/ports/1/port", severity });
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
])("an image name that no kubelet can parse: %s", async (image, severity, help) => {
  const found = await problemsOf([withImage(image)], "reliability/image-name");
  expect(found.map((one) => [one.severity, one.help])).toEqual([[severity, help]]);
});

test.each<[resource: "cpu" | "memory", amount: string | number, means: string, help: string | undefined]>([
  ["cpu", "100M", "100,000,000 cores", "Did you mean 100m?"],
  ["cpu", 1500, "1,500 cores", "Did you mean 1500m?"],
  ["cpu", "500Mi", "524,288,000 cores", "Did you mean 500m?"],
  ["cpu", "2e3", "2,000 cores", undefined],
  ["memory", "256m", "0.256 bytes", "Did you mean 256Mi?"],
  ["memory", 512, "512 bytes", "Did you mean 512Mi?"],
  ["memory", "512k", "512,000 bytes", "Did you mean 512Mi?"],
  ["memory", 1, "1 byte", "Did you mean 1Gi?"],
  ["memory", "0.5", "0.5 bytes", "Did you mean 0.5Gi?"],
  ["memory", "4Pi", "4,194,304 GiB", "Did you mean 4Gi?"],
  ["memory", "268435456Gi", "268,435,456 GiB", "Did you mean 268435456?"],
])("an amount that no node can satisfy: %s %s", async (name, value, means, help) => {
  const objects = [workload({}, { containers: [container({ resources: { requests: { [name]: value } } })] })];
  const found = await problemsOf(objects, "reliability/amount");
  const message = `container web of Deployment web requests ${value} of ${name}, which means ${means}`;
  const fix = rules.find(({ id }) => id === "reliability/amount")?.fix;
  expect(found.map((one) => [one.message, one.help])).toEqual([[message, help ?? fix]]);
});

test.each([
  ["cpu", `\${CPU}`],
  ["memory", "100 MB"],
  ["memory", -1],
])("an amount that says nothing, or that the API server refuses: %s %s", async (name, value) => {
  const objects = [workload({}, { containers: [container({ resources: { requests: { [name]: value } } })] })];
  expect(await problemsOf(objects, "reliability/amount")).toEqual([]);
});

/** A pod without a tag, requests and limits, which reads a password from its environment. */
const hooked = (hook?: string): JsonObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web-test", namespace, ...(hook !== undefined && { annotations: { "helm.sh/hook": hook } }) },
  spec: {
    restartPolicy: "Never",
    containers: [{ name: "test", image: "busybox", env: [{ name: "DB_PASSWORD", value: "aS8kq2Lz" }] }],
  },
});

test.each<[string, hook: string | undefined, isJudged: boolean]>([
  ["a test", "test", false],
  ["a test, as Helm 2 wrote it", "test-success", false],
  ["several kinds of tests", "test-success, test-failure", false],
  ["another hook", "pre-install", true],
  ["a test that also runs before the installation", "pre-install,test", true],
  ["no hook", undefined, true],
])("advice on reliability, but not on security, skips tests of charts: %s", async (_, hook, isJudged) => {
  const found = async (id: string) => (await problemsOf([hooked(hook)], id)).length;
  const advice = ["reliability/resources", "reliability/image-tag", "reliability/ephemeral-storage"];
  for (const id of advice) expect([id, await found(id)]).toEqual([id, isJudged ? 1 : 0]);
  expect(await found("security/secret-in-env")).toBe(1);
});
