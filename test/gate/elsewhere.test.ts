import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Report } from "../../tools/report/report.ts";
import { commit, newRepository } from "../git/repository.ts";
import { type Files, gitops, temporaryFolder, writeFilesIn } from "../run.ts";

const yaml = (...objects: object[]) => objects.map((object) => JSON.stringify(object)).join("\n---\n");
const named = (name: string, more: object = {}) => ({ metadata: { name, ...more } });

/** An Argo CD Application of this repository. */
const application = (path: string, more: object = {}, namespace = "shop") => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  ...named(path.replaceAll("/", "-"), { namespace: "argocd" }),
  spec: {
    project: "default",
    source: { repoURL: "https://example.com/shop.git", targetRevision: "main", path },
    destination: { server: "https://kubernetes.default.svc", namespace },
    ...more,
  },
});
/** An Application or an ApplicationSet that installs a chart. */
const installs = (name: string, namespace: string, server = "https://kubernetes.default.svc") => ({
  project: "default",
  source: { repoURL: "https://charts.example.com", targetRevision: "1.0.0", chart: "web" },
  destination: { server, namespace },
  ...named(name),
});
const chartApplication = ({ metadata, ...spec }: ReturnType<typeof installs>) => ({
  ...application("web"),
  metadata: { ...metadata, namespace: "argocd" },
  spec,
});
const chartSet = (generator: object, { metadata, ...spec }: ReturnType<typeof installs>, more: object = {}) => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "ApplicationSet",
  ...named("charts", { namespace: "argocd" }),
  spec: { generators: [generator], template: { metadata, spec }, ...more },
});
const listed = { list: { elements: [{ name: "web", to: "shop" }] } };
/** An Application with settings of a directory. */
const fromFiles = (path: string, directory: object, namespace = "shop") =>
  application(
    path,
    {
      source: { repoURL: "https://example.com/shop.git", targetRevision: "main", path, directory },
      destination: { server: "https://kubernetes.default.svc", namespace },
    },
    namespace,
  );
const withInterval = yaml({ kind: "Kustomization", metadata: { name: "_" }, spec: { interval: "1h" } });
const kustomization = (path: string, more: object = {}) => ({
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  ...named(path.replaceAll(/[^a-z]+/g, "-").replace(/^-/, ""), { namespace: "flux-system" }),
  spec: { interval: "1h", prune: true, path, sourceRef: { kind: "GitRepository", name: "shop" }, ...more },
});
const claim = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  ...named("files"),
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};
const certificate = {
  apiVersion: "cert-manager.io/v1",
  kind: "Certificate",
  ...named("web"),
  spec: { secretName: "web-tls", dnsNames: ["example.com"], issuerRef: { name: "ca", kind: "ClusterIssuer" } },
};
const service = { apiVersion: "v1", kind: "Service", ...named("web"), spec: { ports: [{ port: 80 }] } };
const selecting = { ...service, spec: { selector: { app: "web" }, ports: [{ port: 80 }] } };
const pod = (more: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  ...named("web"),
  spec: {
    containers: [{ name: "web", image: "example.com/web:1.0.0" }],
    volumes: [
      { name: "files", persistentVolumeClaim: { claimName: "files" } },
      { name: "tls", secret: { secretName: "web-tls" } },
    ],
    ...more,
  },
});
const ingress = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  ...named("web"),
  spec: { defaultBackend: { service: { name: "web", port: { number: 80 } } } },
};
const tlsVolumes = [{ name: "tls", secret: { secretName: "web-tls" } }];
/** https://github.com/emberstack/kubernetes-reflector */
const reflected = (more: object = {}) => ({
  ...certificate,
  spec: {
    ...certificate.spec,
    secretTemplate: {
      annotations: { "reflector.v1.k8s.emberstack.com/reflection-auto-enabled": "true", ...more },
    },
  },
});
const gateway = (name: string) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  ...named(name),
  spec: { gatewayClassName: "istio", listeners: [{ name: "http", port: 80, protocol: "HTTP" }] },
});
const budget = {
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  ...named("internal"),
  spec: {
    maxUnavailable: 1,
    selector: { matchLabels: { "gateway.networking.k8s.io/gateway-name": "internal" } },
  },
};
/** Its namespace must have the label of {@link labelled}. */
const gpu = {
  apiVersion: "resource.k8s.io/v1",
  kind: "ResourceClaim",
  ...named("gpu"),
  spec: {
    devices: { requests: [{ name: "gpu", exactly: { deviceClassName: "gpu.example.com", adminAccess: true } }] },
  },
};
const labelled = (value: string) => ({
  apiVersion: "v1",
  kind: "Namespace",
  ...named("shop", { labels: { "resource.kubernetes.io/admin-access": value } }),
});
const three = ["link/claim-missing", "link/config-missing", "link/ingress-backend"];

interface Case {
  readonly what: string;
  readonly syncs: readonly object[];
  readonly data?: readonly object[];
  readonly app?: readonly object[];
  readonly appKustomization?: string;
  readonly files?: Files;
  readonly finds: readonly string[];
}

const cases: readonly Case[] = [
  { what: "two Applications on one cluster", syncs: [application("data"), application("app")], finds: [] },
  { what: "two Kustomizations", syncs: [kustomization("data"), kustomization("app")], finds: [] },
  { what: "nothing is synced", syncs: [], finds: three },
  { what: "the target that has it is not synced", syncs: [application("app")], finds: three },
  { what: "other namespaces", syncs: [application("data", {}, "other"), application("app")], finds: three },
  {
    what: "other clusters",
    syncs: [application("data", { destination: { name: "other", namespace: "shop" } }), application("app")],
    finds: three,
  },
  {
    what: "a second cluster does not have it",
    syncs: [
      application("data"),
      application("app"),
      {
        ...application("app", { destination: { name: "other", namespace: "shop" } }),
        ...named("second", { namespace: "argocd" }),
      },
    ],
    finds: three,
  },
  {
    what: "both move into the same target namespace",
    syncs: [kustomization("data", { targetNamespace: "shop" }), kustomization("app", { targetNamespace: "shop" })],
    finds: [],
  },
  {
    what: "each moves into another namespace",
    syncs: [kustomization("data", { targetNamespace: "data" }), kustomization("app", { targetNamespace: "app" })],
    finds: three,
  },
  {
    what: "a resource of another kind has the name",
    syncs: [application("data"), application("app")],
    data: [{ ...claim, ...named("web-tls") }],
    finds: three,
  },
  {
    what: "a controller copies it into every namespace",
    syncs: [application("data", {}, "other"), application("app")],
    data: [reflected()],
    app: [pod({ volumes: tlsVolumes })],
    finds: [],
  },
  {
    what: "a controller copies it into the namespace",
    syncs: [application("data", {}, "other"), application("app")],
    data: [reflected({ "reflector.v1.k8s.emberstack.com/reflection-auto-namespaces": "test,shop" })],
    app: [pod({ volumes: tlsVolumes })],
    finds: [],
  },
  {
    what: "a controller copies it into another namespace",
    syncs: [application("data", {}, "other"), application("app")],
    data: [reflected({ "reflector.v1.k8s.emberstack.com/reflection-auto-namespaces": "test" })],
    app: [pod({ volumes: tlsVolumes })],
    finds: ["link/config-missing"],
  },
  {
    what: "a chart in the other target provides the Service",
    syncs: [kustomization("data"), kustomization("app", { targetNamespace: "shop" })],
    data: [
      {
        apiVersion: "helm.toolkit.fluxcd.io/v2",
        kind: "HelmRelease",
        ...named("files", { namespace: "flux-system" }),
        spec: {
          interval: "1h",
          targetNamespace: "shop",
          chart: { spec: { chart: "web", version: "1.0.0", sourceRef: { kind: "HelmRepository", name: "charts" } } },
        },
      },
    ],
    app: [pod({ volumes: [] }), ingress],
    finds: [],
  },
  {
    what: "a chart in this repository provides the Service",
    syncs: [application("charts/web"), application("app")],
    app: [pod({ volumes: [] }), ingress],
    finds: [],
  },
  {
    what: "a chart in this repository creates the pods, which have a label with its name",
    syncs: [application("charts/web"), application("app")],
    app: [{ ...selecting, spec: { selector: { app: "charts-web-server" }, ports: [{ port: 80 }] } }, claim],
    finds: [],
  },
  {
    what: "a chart in this repository has nothing to do with the pods",
    syncs: [application("charts/web"), application("app")],
    app: [{ ...selecting, spec: { selector: { app: "cart" }, ports: [{ port: 80 }] } }, claim],
    finds: ["link/service-no-endpoints"],
  },
  {
    what: "a chart in this repository is for another namespace",
    syncs: [application("charts/web", {}, "other"), application("app")],
    app: [pod({ volumes: [] }), ingress],
    finds: ["link/ingress-backend"],
  },
  {
    what: "the pods of the target namespace are in no repository",
    syncs: [kustomization("data"), kustomization("app", { targetNamespace: "kube-system" })],
    app: [selecting, { ...claim, ...named("other") }],
    finds: [],
  },
  {
    what: "the pods of the target namespace are in this repository",
    syncs: [kustomization("data"), kustomization("app", { targetNamespace: "shop" })],
    app: [selecting, { ...claim, ...named("other") }],
    finds: ["link/service-no-endpoints"],
  },
  {
    what: "the target that may have it does not render",
    syncs: [application("data"), application("app")],
    data: [],
    finds: ["render/failed"],
  },
  ...["internal", "other"].map((name) => ({
    what: `pods of a Gateway, where another target has Gateway ${name}`,
    syncs: [application("data"), application("app")],
    data: [gateway(name)],
    app: [pod({ volumes: [] }), gateway("external"), budget],
    finds: name === "internal" ? [] : ["link/pdb-no-pods"],
  })),
  {
    what: "the kustomization of the Applications does not render",
    syncs: [application("data"), application("app")],
    files: { "clusters/kustomization.yaml": "resources: [all.yaml, gone.yaml]\n" },
    finds: ["render/failed"],
  },
  {
    what: "the kustomization of the Applications does not render, and they are for other namespaces",
    syncs: [application("data", {}, "other"), application("app")],
    files: { "clusters/kustomization.yaml": "resources: [all.yaml, gone.yaml]\n" },
    finds: [...three, "render/failed"],
  },
  {
    what: "Argo CD applies the Applications in a folder without the kustomization beside them",
    syncs: [],
    files: {
      "gitops.yaml": "targets: [data, app, clusters, roots]\ninstalled: [cert-manager]\n",
      "clusters/kustomization.yaml": "resources: [other.yaml]\n",
      "clusters/other.yaml": yaml({ apiVersion: "v1", kind: "ConfigMap", ...named("other") }),
      "clusters/all.yaml": yaml(application("data"), application("app")),
      "roots/root.yaml": yaml(fromFiles("clusters", { exclude: "kustomization.yaml" }, "argocd")),
    },
    finds: [],
  },
  {
    what: "Argo CD applies the files in a folder without the kustomization beside them",
    syncs: [fromFiles("data", { exclude: "kustomization.yaml" }), application("app")],
    finds: [],
  },
  {
    what: "Argo CD runs kustomize with empty settings of a directory",
    syncs: [fromFiles("data", { recurse: false, jsonnet: {}, exclude: "" }), application("app")],
    files: {
      "data/kustomization.yaml": "resources: [other.yaml]\n",
      "data/other.yaml": yaml({ apiVersion: "v1", kind: "ConfigMap", ...named("other") }),
    },
    finds: three,
  },
  {
    what: "a value that Flux substitutes",
    syncs: [kustomization("data"), kustomization("app", { postBuild: { substitute: { PORT: "80" } } })],
    data: [claim],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Flux's own.
    app: [{ ...service, spec: { ports: [{ port: "${PORT}" }] } }],
    finds: [],
  },
  {
    what: "a value that Flux substitutes in an artifact of another folder",
    syncs: [
      kustomization("data"),
      kustomization("./app", {
        sourceRef: { kind: "OCIRepository", name: "shop" },
        postBuild: { substituteFrom: [{ kind: "ConfigMap", name: "cluster-config" }] },
      }),
    ],
    data: [claim],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Flux's own.
    app: [{ ...service, spec: { ports: [{ port: "${PORT}" }] } }],
    finds: [],
  },
  {
    what: "a resource of another artifact",
    syncs: ["data", "app"].map((name) =>
      kustomization(`./${name}`, { sourceRef: { kind: "ExternalArtifact", name }, targetNamespace: "shop" }),
    ),
    finds: [],
  },
  {
    what: "a resource that an operator creates from a custom resource of another target",
    syncs: [kustomization("data", { targetNamespace: "shop" }), kustomization("app", { targetNamespace: "shop" })],
    data: [claim, service, { apiVersion: "example.com/v1", kind: "Database", ...named("web") }],
    finds: ["schema/unknown-kind"],
  },
  {
    what: "a resource that an operator creates in another namespace",
    syncs: [kustomization("data", { targetNamespace: "data" }), kustomization("app", { targetNamespace: "shop" })],
    data: [{ apiVersion: "example.com/v1", kind: "Database", ...named("web") }],
    finds: [...three, "schema/unknown-kind"],
  },
  {
    what: "values that the chart itself would have to create",
    syncs: [kustomization("data"), kustomization("app", { targetNamespace: "shop" })],
    app: [
      {
        apiVersion: "helm.toolkit.fluxcd.io/v2",
        kind: "HelmRelease",
        ...named("web"),
        spec: {
          interval: "1h",
          chartRef: { kind: "OCIRepository", name: "web", namespace: "flux-system" },
          valuesFrom: [{ kind: "ConfigMap", name: "web-values" }],
        },
      },
    ],
    finds: ["link/config-missing"],
  },
  {
    what: "a required field that a patch of the parent Kustomization sets",
    syncs: [kustomization("app", { patches: [{ target: { kind: "Kustomization" }, patch: withInterval }] })],
    app: [{ ...kustomization("data"), spec: { ...kustomization("data").spec, interval: undefined } }],
    finds: [],
  },
  {
    what: "a required field that a patch of a Kustomization sets, whose path has a variable",
    syncs: [kustomization("$" + "{A}pp", { patches: [{ target: { kind: "Kustomization" }, patch: withInterval }] })],
    app: [{ ...kustomization("data"), spec: { ...kustomization("data").spec, interval: undefined } }],
    finds: [],
  },
  {
    what: "a null that a strategic merge patch of the parent Kustomization drops",
    syncs: [kustomization("app", { patches: [{ target: { kind: "Kustomization" }, patch: withInterval }] })],
    app: [kustomization("data", { postBuild: null })],
    finds: [],
  },
  {
    what: "a null that a JSON patch leaves in place",
    syncs: [
      kustomization("app", {
        patches: [{ target: { kind: "Kustomization" }, patch: "- { op: add, path: /metadata/labels, value: {} }" }],
      }),
    ],
    app: [kustomization("data", { postBuild: null })],
    finds: ["schema/type"],
  },
  {
    what: "a required field that only a patch elsewhere sets",
    syncs: [
      kustomization("app"),
      kustomization("charts/web", { patches: [{ target: { kind: "Kustomization" }, patch: withInterval }] }),
    ],
    app: [{ ...kustomization("data"), spec: { ...kustomization("data").spec, interval: undefined } }],
    finds: ["schema/required"],
  },
  {
    what: "two resources named after a variable with two values",
    syncs: ["cart", "till"].map((APP) => ({
      ...kustomization("app", { postBuild: { substitute: { APP } } }),
      ...named(APP, { namespace: "flux-system" }),
    })),
    app: [{ ...claim, ...named("$" + "{APP}-files") }],
    finds: [],
  },
  {
    what: "two resources named after a variable with one value",
    syncs: ["cart", "till"].map((name) => ({
      ...kustomization("app", { postBuild: { substitute: { APP: "shop" } } }),
      ...named(name, { namespace: "flux-system" }),
    })),
    app: [{ ...claim, ...named("$" + "{APP}-files") }],
    finds: ["gitops/owned-twice"],
  },
  {
    what: "the label of a Namespace",
    syncs: [kustomization("data"), kustomization("app", { targetNamespace: "shop" })],
    data: [labelled("true")],
    app: [gpu],
    finds: [],
  },
  {
    what: "a Namespace with another label",
    syncs: [kustomization("data"), kustomization("app", { targetNamespace: "shop" })],
    data: [labelled("false")],
    app: [gpu],
    finds: ["apply/field"],
  },
  {
    what: "the label of another Namespace",
    syncs: [kustomization("data"), kustomization("app", { targetNamespace: "app" })],
    data: [labelled("true")],
    app: [gpu],
    finds: ["apply/field"],
  },
  {
    what: "the label of the Namespace in the target itself",
    syncs: [],
    app: [labelled("true"), { ...gpu, ...named("gpu", { namespace: "shop" }) }],
    finds: [],
  },
  {
    what: "a Namespace in the target itself that has another label",
    syncs: [],
    app: [labelled("false"), { ...gpu, ...named("gpu", { namespace: "shop" }) }],
    finds: ["apply/field"],
  },
  {
    what: "a value that is not substituted",
    syncs: [kustomization("data"), kustomization("app")],
    data: [claim],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Flux's own.
    app: [{ ...service, spec: { ports: [{ port: "${PORT}" }] } }],
    finds: ["schema/type"],
  },
  {
    what: "a value that Argo CD does not substitute",
    syncs: [kustomization("data", { postBuild: { substitute: { PORT: "80" } } }), application("app")],
    data: [claim],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Flux's own.
    app: [{ ...service, spec: { ports: [{ port: "${PORT}" }] } }],
    finds: ["schema/type"],
  },
];

/** An Ingress that needs a Service, and a pod that needs a Secret, which a chart creates, or not. */
const ofCharts: [what: string, from: object, isFound: boolean][] = [
  ["an Application", chartApplication(installs("web", "shop")), true],
  ["an Application for another namespace", chartApplication(installs("web", "other")), false],
  ["an Application for another cluster", chartApplication(installs("web", "shop", "https://other.example.com")), false],
  ["an ApplicationSet", chartSet(listed, installs("{{name}}", "{{to}}")), true],
  ["an ApplicationSet for another namespace", chartSet(listed, installs("{{name}}", "not-{{to}}")), false],
  ["an ApplicationSet of clusters", chartSet({ clusters: {} }, installs("web-{{name}}", "shop")), true],
  ["an ApplicationSet of clusters, for any namespace", chartSet({ clusters: {} }, installs("web", "{{name}}")), true],
  ["an ApplicationSet of clusters, for others", chartSet({ clusters: {} }, installs("web", "not-{{name}}")), false],
  [
    "an ApplicationSet with a patch",
    chartSet(listed, installs("other", "{{to}}"), { templatePatch: "{{ toYaml .patch }}" }),
    true,
  ],
  [
    "an ApplicationSet with a harmless patch",
    chartSet(listed, installs("{{name}}", "not-{{to}}"), { templatePatch: "spec:\n  revisionHistoryLimit: 1\n" }),
    false,
  ],
  [
    "an ApplicationSet with a patch of the destination",
    chartSet(listed, installs("web", "other"), { templatePatch: "spec: { destination: { namespace: shop } }" }),
    true,
  ],
];
const chartCases = ofCharts.map(
  ([what, from, isFound]): Case => ({
    what: `the chart of ${what}`,
    syncs: [application("app"), from],
    data: [claim],
    app: [pod({ volumes: tlsVolumes }), ingress],
    finds: isFound ? [] : ["link/config-missing", "link/ingress-backend"],
  }),
);

/** The rules that depend on other targets. */
const relevant = /^(?:link|schema|render|apply)\/|^gitops\/owned-twice$/;

function filesOf({ syncs, data = [claim, certificate, service], app = [pod(), ingress], files }: Case): Files {
  return {
    "gitops.yaml": "targets: [data, app, clusters]\ninstalled: [cert-manager, gateway-api]\n",
    "data/kustomization.yaml": "resources: [all.yaml]\n",
    ...(data.length > 0 && { "data/all.yaml": yaml(...data) }),
    "app/kustomization.yaml": "resources: [all.yaml]\n",
    "app/all.yaml": yaml(...app),
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "clusters/kustomization.yaml": "resources: [all.yaml]\n",
    "clusters/all.yaml": yaml(...syncs, { apiVersion: "v1", kind: "ConfigMap", ...named("other") }),
    ...files,
  };
}

/** The ids of the relevant rules that have findings. */
async function findingsOf(cwd: string, ...args: string[]): Promise<string[]> {
  const { stdout, stderr } = await gitops([...args, "-o", "json"], { cwd });
  if (stdout === "") throw new Error(stderr);
  return (JSON.parse(stdout) as Report).findings
    .map(({ rule }) => rule)
    .filter((rule) => relevant.test(rule))
    .sort();
}

test.for([...cases, ...chartCases])("references to resources of another target: $what", async (one) => {
  const cwd = temporaryFolder();
  writeFilesIn(cwd, filesOf(one));
  expect(await findingsOf(cwd, "check")).toEqual(one.finds);
});

test("references to other targets work with the cache, with a base and in merged reports of shards", async () => {
  const [there, gone] = [cases[0], cases[3]] as [Case, Case];
  const cwd = newRepository();
  commit(cwd, filesOf(there));
  expect(await findingsOf(cwd, "check")).toEqual([]);
  expect(await findingsOf(cwd, "check")).toEqual([]);
  writeFilesIn(cwd, filesOf(gone));
  expect(await findingsOf(cwd, "check")).toEqual(three);
  const { stdout } = await gitops(["check", "--base", "HEAD", "--new-only", "-o", "json"], { cwd });
  const { findings } = JSON.parse(stdout) as Report;
  expect(findings.filter(({ status, rule }) => status === "new" && three.includes(rule))).toHaveLength(three.length);
  writeFilesIn(cwd, filesOf(there));
  for (const index of [1, 2, 3]) await gitops(["check", "--shard", `${index}/3`, "-o", `json=${index}.json`], { cwd });
  expect(await findingsOf(cwd, "report", "merge", "1.json", "2.json", "3.json")).toEqual([]);
}, 120_000);

test("a Kustomization that nothing lists is found with the cache, too", async () => {
  const cwd = temporaryFolder();
  const secret = { substituteFrom: [{ kind: "Secret", name: "values" }] };
  writeFilesIn(cwd, {
    "gitops.yaml": "{}\n",
    "clusters/all.yaml": yaml(kustomization("apps")),
    "apps/kustomization.yaml": "resources: [web/ks.yaml]\n",
    "apps/web/ks.yaml": yaml(kustomization("apps/web/app")),
    "apps/web/app/kustomization.yaml": "resources: [all.yaml]\n",
    "apps/web/app/all.yaml": yaml({ apiVersion: "v1", kind: "ConfigMap", ...named("web") }),
    "apps/logs/app/kustomization.yaml": "resources: [all.yaml]\n",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Flux's own.
    "apps/logs/app/all.yaml": yaml({ ...service, spec: { ports: [{ port: "${PORT}" }] } }),
  });
  expect(await findingsOf(cwd, "check")).toEqual(["schema/type"]);
  writeFilesIn(cwd, { "apps/logs/ks.yaml": yaml(kustomization("apps/logs/app", { postBuild: secret })) });
  expect(await findingsOf(cwd, "check")).toEqual([]);
  writeFilesIn(cwd, { "apps/logs/ks.yaml": yaml(kustomization("apps/logs/app")) });
  expect(await findingsOf(cwd, "check")).toEqual(["schema/type"]);
}, 120_000);

test.each<[what: string, app: object[], severity: string, syncs: object[]]>([
  ["a part of the same application", [pod({ volumes: tlsVolumes })], "warning", []],
  ["a variant of it", [pod({ volumes: tlsVolumes }), claim], "error", []],
  ["other targets are synced", [pod({ volumes: tlsVolumes })], "error", [kustomization("charts/web")]],
])(
  "if nothing syncs a target, the target that renders the missing resource into the namespace is named: %s",
  async (_, app, severity, syncs) => {
    const cwd = temporaryFolder();
    const files = filesOf({ what: "", syncs, app, finds: [] });
    const inShop = Object.fromEntries(
      ["data", "app"].map((name) => [`${name}/kustomization.yaml`, "namespace: shop\nresources: [all.yaml]\n"]),
    );
    writeFilesIn(cwd, { ...files, ...inShop });
    const read = async (...args: string[]) => {
      const { stdout } = await gitops([...args, "-o", "json"], { cwd });
      return (JSON.parse(stdout) as Report).findings.filter(({ rule }) => rule === "link/config-missing");
    };
    const found = await read("check");
    expect(found.map((one) => [one.target, one.severity])).toEqual([["app", severity]]);
    expect(found[0]?.help).toMatch(/^Target data renders it: /);
    expect(await read("check")).toEqual(found);
    for (const index of [1, 2, 3])
      await gitops(["check", "--shard", `${index}/3`, "-o", `json=${index}.json`], { cwd });
    expect(await read("report", "merge", "1.json", "2.json", "3.json")).toEqual(found);
  },
  60_000,
);

test("an overlay next to it, of the same base, is for another cluster: it is not named", async () => {
  const cwd = temporaryFolder();
  const base = "../../base";
  writeFilesIn(cwd, {
    "base/kustomization.yaml": "namespace: shop\nresources: [all.yaml]\n",
    "base/all.yaml": yaml(claim, pod({ volumes: tlsVolumes })),
    "overlays/one/kustomization.yaml": `resources: [${base}]\n`,
    "overlays/two/kustomization.yaml": `namespace: shop\nresources: [${base}, tls.yaml]\n`,
    "overlays/two/tls.yaml": yaml(certificate),
    "other/kustomization.yaml": "namespace: shop\nresources: [tls.yaml]\n",
    "other/tls.yaml": yaml(certificate),
  });
  const helpIn = async () => {
    const { stdout } = await gitops(["check", "-o", "json"], { cwd });
    const { findings } = JSON.parse(stdout) as Report;
    return findings.filter(({ rule }) => rule === "link/config-missing").map(({ target, help }) => [target, help]);
  };
  expect(await helpIn()).toEqual([["overlays/one", expect.stringMatching(/^Target other renders it: /)]]);
  rmSync(join(cwd, "other"), { recursive: true });
  expect(await helpIn()).toEqual([["overlays/one", expect.not.stringContaining("renders it")]]);
}, 60_000);
