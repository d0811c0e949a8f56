import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import { families } from "../../tools/validate/demands/index.ts";
import { deployment, pod, said } from "./subject.ts";

const mount = { name: "data", mountPath: "/data" };
const probe = { httpGet: { port: 80 } };

describe("the demands on pods", () => {
  it.each<[string, JsonObject, string[]]>([
    ["a container's name", pod({}, { name: "Web" }), ["apply/container-name /spec/containers/0/name"]],
    [
      "a profile's name of 4096 bytes",
      pod({}, { securityContext: { appArmorProfile: { type: "Localhost", localhostProfile: "é".repeat(2048) } } }),
      ["apply/security-context /spec/containers/0/securityContext/appArmorProfile/localhostProfile"],
    ],
    [
      "a credential spec of more than 64 KiB",
      pod(
        { os: { name: "windows" } },
        { securityContext: { windowsOptions: { gmsaCredentialSpec: "é".repeat(32769) } } },
      ),
      ["apply/security-context /spec/containers/0/securityContext/windowsOptions/gmsaCredentialSpec"],
    ],
    ["a container's image", pod({}, { image: " redis" }), ["apply/image /spec/containers/0/image"]],
    [
      "distinct containers",
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
      "a volume of two sources",
      pod({ volumes: [{ name: "v", emptyDir: {}, hostPath: { path: "/x" } }] }),
      ["apply/volume /spec/volumes/0/hostPath"],
    ],
    ["a probe without a handler", pod({}, { livenessProbe: {} }), ["apply/probe /spec/containers/0/livenessProbe"]],
    [
      "a probe's threshold",
      pod({}, { livenessProbe: { ...probe, successThreshold: 2 } }),
      ["apply/probe /spec/containers/0/livenessProbe/successThreshold"],
    ],
    [
      "a probe's port by an empty name",
      pod({}, { readinessProbe: { tcpSocket: { port: "" } } }),
      ["apply/probe /spec/containers/0/readinessProbe/tcpSocket/port"],
    ],
    [
      "a port's name",
      pod({}, { ports: [{ containerPort: 80, name: "HTTP" }] }),
      ["apply/port /spec/containers/0/ports/0/name"],
    ],
    [
      "a port's number",
      pod({}, { ports: [{ containerPort: 70000 }] }),
      ["apply/port /spec/containers/0/ports/0/containerPort"],
    ],
    [
      "a port of the node",
      pod({ hostNetwork: true }, { ports: [{ containerPort: 80, hostPort: 81 }] }),
      ["apply/host-port /spec/containers/0/ports/0/hostPort"],
    ],
    [
      "a value and a source",
      pod({}, { env: [{ name: "A", value: "b", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] }),
      ["apply/env /spec/containers/0/env/0/valueFrom"],
    ],
    [
      "a request above its limit",
      pod({}, { resources: { requests: { cpu: "2" }, limits: { cpu: "1" } } }),
      ["apply/quantity /spec/containers/0/resources/requests/cpu"],
    ],
    [
      "privileged without escalation",
      pod({}, { securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
      ["apply/security-context /spec/containers/0/securityContext/allowPrivilegeEscalation"],
    ],
    [
      "a probe of an init container",
      pod({ initContainers: [{ name: "i", image: "x", readinessProbe: probe }] }),
      ["apply/probe /spec/initContainers/0/readinessProbe"],
    ],
    [
      "a sidecar's probe",
      pod({ initContainers: [{ name: "i", image: "x", restartPolicy: "Always", readinessProbe: probe }] }),
      [],
    ],
    [
      "a toleration",
      pod({ tolerations: [{ key: "a", operator: "Exists", value: "b" }] }),
      ["apply/scheduling /spec/tolerations/0/operator"],
    ],
    ["a policy of DNS", pod({ dnsPolicy: "None" }), ["apply/pod /spec/dnsConfig"]],
    ["a restart policy", pod({ restartPolicy: "always" }), ["apply/restart-policy /spec/restartPolicy"]],
  ])("find %s", (_, object, expected) => {
    expect(said(object)).toEqual(expected);
  });

  it("hold in a template as in a pod", () => {
    const volumes = [{ name: "data", persistentVolumeClaim: {} }];
    expect(said(deployment({}, { volumes }))).toEqual([
      "schema/required /spec/template/spec/volumes/0/persistentVolumeClaim/claimName",
    ]);
  });

  it("tell what only the pods of a template will meet", () => {
    const containers = [{ name: "main", image: "redis " }];
    expect(said(deployment({}, { containers }))).toEqual([
      "apply/pods-rejected /spec/template/spec/containers/0/image",
    ]);
  });

  it("tell what only server-side apply refuses", () => {
    const env = [{ name: "A" }, { name: "A" }];
    expect(said(pod({}, { env }))).toEqual([
      "apply/list-key /spec/containers/0/env/1",
      "apply/warning /spec/containers/0/env/1",
    ]);
  });

  it("know elements without their key as server-side apply does: by an empty one, where its schema says so", () => {
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

  it("leave out what the server does not look at", () => {
    const meta = { name: "n" };
    expect(said({ apiVersion: "storage.k8s.io/v1", kind: "CSINode", metadata: meta, spec: {} })).toEqual([]);
    const event = { involvedObject: {}, metadata: { ...meta, finalizers: ["plain"] } };
    expect(said({ apiVersion: "v1", kind: "Event", ...event })).toEqual([]);
  });

  it("tell an owner without a version", () => {
    const owned = (apiVersion: string) => {
      const ownerReferences = [{ apiVersion, kind: "K", name: "n", uid: "u" }];
      return said({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", ownerReferences } });
    };
    expect(owned("a/b/c")).toEqual(["apply/server-field /metadata/ownerReferences/0/apiVersion"]);
    expect(owned("a/b")).toEqual([]);
  });

  it("warn of a projection that is dropped while its feature is off, and say nothing of its path", () => {
    const bundle = { clusterTrustBundle: { name: "ca", path: "ca.crt" } };
    const twin = { configMap: { name: "ca", items: [{ key: "ca", path: "ca.crt/old" }] } };
    const volumes = [{ name: "ca", projected: { sources: [twin, bundle] } }];
    expect(said(pod({ volumes }), ["1.36"])).toEqual(["apply/warning /spec/volumes/0/projected/sources/1"]);
    expect(said(pod({ volumes }), ["1.37"])).toEqual([
      "apply/warning /spec/volumes/0/projected/sources/1/clusterTrustBundle/path",
    ]);
  });

  it("hold for the versions in which a feature is on", () => {
    const mounted = pod({ securityContext: { seLinuxChangePolicy: "MountOption" } });
    const refusal = ["apply/security-context /spec/securityContext/seLinuxChangePolicy"];
    expect(["1.32", "1.33", "1.36", "1.37"].map((version) => said(mounted, [version]))).toEqual([
      [],
      refusal,
      refusal,
      [],
    ]);
  });

  it("let no template select by a key a second time up to 1.33, and no Pod from then on", () => {
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
    const sayings = (...keys: string[]) =>
      ["1.33", "1.34"].map((version) => said(deployment({}, constraint(keys)), [version]));
    expect(sayings("app")).toEqual([[`apply/scheduling ${key}/0`], [`apply/pods-rejected ${key}/0`]]);
    expect(sayings("tier")).toEqual([[`apply/scheduling ${key}/0`], []]);
    expect(sayings("pod-template-hash", "pod-template-hash")).toEqual([[], [`apply/pods-rejected ${key}/1`]]);
    expect(sayings("constructor")).toEqual([[], []]);
  });

  it("hold variables to the narrower names of the versions that want them", () => {
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

  it("find several causes at once", () => {
    expect(said(pod({ dnsPolicy: "x", restartPolicy: "y" }, { name: "Z" }))).toHaveLength(3);
  });
});

describe("the demands on metadata", () => {
  const named = (metadata: JsonObject): JsonObject => ({ apiVersion: "v1", kind: "ConfigMap", metadata });
  it.each<[string, JsonObject, string[]]>([
    ["no name", {}, ["apply/name /metadata/name"]],
    ["a name of capitals", { name: "Web" }, ["apply/name /metadata/name"]],
    ["a label's key", { name: "a", labels: { "Bad Key!": "x" } }, ["apply/label /metadata/labels/Bad Key!"]],
    ["a label's value", { name: "a", labels: { a: "no spaces" } }, ["apply/label /metadata/labels/a"]],
    ["annotations in capitals", { name: "a", annotations: { "Example.COM/x": "y" } }, []],
    [
      "too many annotations",
      { name: "a", annotations: { a: "x".repeat(300_000) } },
      ["apply/annotation-size /metadata/annotations"],
    ],
    ["a finalizer without a domain", { name: "a", finalizers: ["mine"] }, ["apply/name /metadata/finalizers/0"]],
    ["a uid", { name: "a", uid: "x" }, ["apply/server-field /metadata/uid"]],
  ])("find %s", (_, metadata, expected) => {
    expect(said(named(metadata))).toEqual(expected);
  });
});

it("each type stands in one family", () => {
  const types = families.flatMap((family) => Object.keys(family));
  expect(types).toEqual([...new Set(types)]);
});
