import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import { families } from "../../tools/validate/demands/index.ts";
import { deployment, pod, said } from "./subject.ts";

const mount = { name: "data", mountPath: "/data" };
const probe = { httpGet: { port: 80 } };

describe("the checks of pods", () => {
  it.each<[string, JsonObject, string[]]>([
    ["an invalid container name", pod({}, { name: "Web" }), ["apply/container-name /spec/containers/0/name"]],
    [
      "an AppArmor profile name of 4096 bytes",
      pod({}, { securityContext: { appArmorProfile: { type: "Localhost", localhostProfile: "é".repeat(2048) } } }),
      ["apply/security-context /spec/containers/0/securityContext/appArmorProfile/localhostProfile"],
    ],
    [
      "a GMSA credential spec over 64 KiB",
      pod(
        { os: { name: "windows" } },
        { securityContext: { windowsOptions: { gmsaCredentialSpec: "é".repeat(32769) } } },
      ),
      ["apply/security-context /spec/containers/0/securityContext/windowsOptions/gmsaCredentialSpec"],
    ],
    ["an image with white space", pod({}, { image: " redis" }), ["apply/image /spec/containers/0/image"]],
    [
      "two containers of the same name",
      pod({ initContainers: [{ name: "main", image: "x" }] }),
      ["apply/container-name /spec/initContainers/0/name"],
    ],
    [
      "a mount without its volume",
      pod({}, { volumeMounts: [mount] }),
      ["apply/volume /spec/containers/0/volumeMounts/0/name"],
    ],
    [
      "two mounts at one path",
      pod({ volumes: [{ name: "data" }] }, { volumeMounts: [mount, mount] }),
      ["apply/volume /spec/containers/0/volumeMounts/1/mountPath"],
    ],
    [
      "a volume with two sources",
      pod({ volumes: [{ name: "v", emptyDir: {}, hostPath: { path: "/x" } }] }),
      ["apply/volume /spec/volumes/0/hostPath"],
    ],
    ["a probe without a handler", pod({}, { livenessProbe: {} }), ["apply/probe /spec/containers/0/livenessProbe"]],
    [
      "an invalid success threshold",
      pod({}, { livenessProbe: { ...probe, successThreshold: 2 } }),
      ["apply/probe /spec/containers/0/livenessProbe/successThreshold"],
    ],
    [
      "a probe port with an empty name",
      pod({}, { readinessProbe: { tcpSocket: { port: "" } } }),
      ["apply/probe /spec/containers/0/readinessProbe/tcpSocket/port"],
    ],
    [
      "an invalid port name",
      pod({}, { ports: [{ containerPort: 80, name: "HTTP" }] }),
      ["apply/port /spec/containers/0/ports/0/name"],
    ],
    [
      "an invalid port number",
      pod({}, { ports: [{ containerPort: 70000 }] }),
      ["apply/port /spec/containers/0/ports/0/containerPort"],
    ],
    [
      "a hostPort that differs on the host network",
      pod({ hostNetwork: true }, { ports: [{ containerPort: 80, hostPort: 81 }] }),
      ["apply/host-port /spec/containers/0/ports/0/hostPort"],
    ],
    [
      "a variable with both a value and a source",
      pod({}, { env: [{ name: "A", value: "b", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] }),
      ["apply/env /spec/containers/0/env/0/valueFrom"],
    ],
    [
      "a request above its limit",
      pod({}, { resources: { requests: { cpu: "2" }, limits: { cpu: "1" } } }),
      ["apply/quantity /spec/containers/0/resources/requests/cpu"],
    ],
    [
      "a privileged container without privilege escalation",
      pod({}, { securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
      ["apply/security-context /spec/containers/0/securityContext/allowPrivilegeEscalation"],
    ],
    [
      "a probe on an init container",
      pod({ initContainers: [{ name: "i", image: "x", readinessProbe: probe }] }),
      ["apply/probe /spec/initContainers/0/readinessProbe"],
    ],
    [
      "a sidecar's probe",
      pod({ initContainers: [{ name: "i", image: "x", restartPolicy: "Always", readinessProbe: probe }] }),
      [],
    ],
    [
      "an invalid toleration",
      pod({ tolerations: [{ key: "a", operator: "Exists", value: "b" }] }),
      ["apply/scheduling /spec/tolerations/0/operator"],
    ],
    ["a DNS policy without its config", pod({ dnsPolicy: "None" }), ["apply/pod /spec/dnsConfig"]],
    ["an invalid restart policy", pod({ restartPolicy: "always" }), ["apply/restart-policy /spec/restartPolicy"]],
  ])("find %s", (_, object, expected) => {
    expect(said(object)).toEqual(expected);
  });

  it("apply to a template as to a pod", () => {
    const volumes = [{ name: "data", persistentVolumeClaim: {} }];
    expect(said(deployment({}, { volumes }))).toEqual([
      "schema/required /spec/template/spec/volumes/0/persistentVolumeClaim/claimName",
    ]);
  });

  it("report what is rejected only in the pods of a template", () => {
    const containers = [{ name: "main", image: "redis " }];
    expect(said(deployment({}, { containers }))).toEqual([
      "apply/pods-rejected /spec/template/spec/containers/0/image",
    ]);
  });

  it("report what only server-side apply rejects", () => {
    const env = [{ name: "A" }, { name: "A" }];
    expect(said(pod({}, { env }))).toEqual([
      "apply/list-key /spec/containers/0/env/1",
      "apply/warning /spec/containers/0/env/1",
    ]);
  });

  it("use the schema's default for a missing list key, as server-side apply does", () => {
    const account = (fields: object) => ({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "a" },
      ...fields,
    });
    const refused = (imagePullSecrets: Json[]) =>
      said(deployment({}, { imagePullSecrets })).filter((one) => one.startsWith("apply/list-key"));
    expect(refused([{}])).toEqual([]);
    expect(refused([{}, { name: "" }])).toEqual(["apply/list-key /spec/template/spec/imagePullSecrets/1"]);
    expect(said(account({ secrets: [{}] }))).toEqual(["apply/list-key /secrets/0"]);
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: "n" }, status: { addresses: [{}] } };
    expect(said(node)).toEqual([]);
  });

  it("skip what the server does not check", () => {
    const meta = { name: "n" };
    expect(said({ apiVersion: "storage.k8s.io/v1", kind: "CSINode", metadata: meta, spec: {} })).toEqual([]);
    const event = { involvedObject: {}, metadata: { ...meta, finalizers: ["plain"] } };
    expect(said({ apiVersion: "v1", kind: "Event", ...event })).toEqual([]);
  });

  it("find an owner without a valid apiVersion", () => {
    const owned = (apiVersion: string) => {
      const ownerReferences = [{ apiVersion, kind: "K", name: "n", uid: "u" }];
      return said({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", ownerReferences } });
    };
    expect(owned("a/b/c")).toEqual(["apply/server-field /metadata/ownerReferences/0/apiVersion"]);
    expect(owned("a/b")).toEqual([]);
  });

  it("warn about a projection whose feature is off, and do not check its path", () => {
    const bundle = { clusterTrustBundle: { name: "ca", path: "ca.crt" } };
    const twin = { configMap: { name: "ca", items: [{ key: "ca", path: "ca.crt/old" }] } };
    const volumes = [{ name: "ca", projected: { sources: [twin, bundle] } }];
    expect(said(pod({ volumes }), ["1.36"])).toEqual(["apply/warning /spec/volumes/0/projected/sources/1"]);
    expect(said(pod({ volumes }), ["1.37"])).toEqual([
      "apply/warning /spec/volumes/0/projected/sources/1/clusterTrustBundle/path",
    ]);
  });

  it("depend on the versions in which a feature is on", () => {
    const mounted = pod({ securityContext: { seLinuxChangePolicy: "MountOption" } });
    const refusal = ["apply/security-context /spec/securityContext/seLinuxChangePolicy"];
    expect(["1.32", "1.33", "1.36", "1.37"].map((version) => said(mounted, [version]))).toEqual([
      [],
      refusal,
      refusal,
      [],
    ]);
  });

  it("reject duplicate matchLabelKeys in templates up to 1.33, and in pods from 1.34", () => {
    const constraint = (matchLabelKeys: string[]) => ({
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "zone",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: { app: "web", tier: "front" } },
          matchLabelKeys,
        },
      ],
    });
    const key = "/spec/template/spec/topologySpreadConstraints/0/matchLabelKeys";
    const verdicts = (...keys: string[]) =>
      ["1.33", "1.34"].map((version) => said(deployment({}, constraint(keys)), [version]));
    expect(verdicts("app")).toEqual([[`apply/scheduling ${key}/0`], [`apply/pods-rejected ${key}/0`]]);
    expect(verdicts("tier")).toEqual([[`apply/scheduling ${key}/0`], []]);
    expect(verdicts("pod-template-hash", "pod-template-hash")).toEqual([[], [`apply/pods-rejected ${key}/1`]]);
    expect(verdicts("constructor")).toEqual([[], []]);
  });

  it("restrict variable names in older versions", () => {
    const relaxed = pod(
      {},
      { env: [{ name: "with spaces?" }], envFrom: [{ prefix: "1_", configMapRef: { name: "a" } }] },
    );
    expect(said(relaxed, ["1.31"])).toEqual([
      "apply/env /spec/containers/0/env/0/name",
      "apply/env /spec/containers/0/envFrom/0/prefix",
    ]);
    expect(said(relaxed, ["1.32"])).toEqual([]);
  });

  it("find several problems at once", () => {
    expect(said(pod({ dnsPolicy: "x", restartPolicy: "y" }, { name: "Z" }))).toHaveLength(3);
  });
});

describe("the checks of metadata", () => {
  const named = (metadata: JsonObject): JsonObject => ({ apiVersion: "v1", kind: "ConfigMap", metadata });
  it.each<[string, JsonObject, string[]]>([
    ["no name", {}, ["apply/name /metadata/name"]],
    ["a name in capitals", { name: "Web" }, ["apply/name /metadata/name"]],
    ["an invalid label key", { name: "a", labels: { "Bad Key!": "x" } }, ["apply/label /metadata/labels/Bad Key!"]],
    ["an invalid label value", { name: "a", labels: { a: "no spaces" } }, ["apply/label /metadata/labels/a"]],
    ["no problem in an annotation key in capitals", { name: "a", annotations: { "Example.COM/x": "y" } }, []],
    [
      "too many annotations",
      { name: "a", annotations: { a: "x".repeat(300_000) } },
      ["apply/annotation-size /metadata/annotations"],
    ],
    ["a finalizer without a domain", { name: "a", finalizers: ["mine"] }, ["apply/name /metadata/finalizers/0"]],
    ["an invalid uid", { name: "a", uid: "x" }, ["apply/server-field /metadata/uid"]],
  ])("find %s", (_, metadata, expected) => {
    expect(said(named(metadata))).toEqual(expected);
  });
});

it("each type belongs to one family", () => {
  const types = families.flatMap((family) => Object.keys(family));
  expect(types).toEqual([...new Set(types)]);
});
