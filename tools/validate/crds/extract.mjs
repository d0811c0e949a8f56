// Generates the files beside it, except config-connector.json, and lists their kinds in kinds.json. Maintainers run it
// by hand when a project has a new version.
//
//   node tools/validate/crds/extract.mjs [NAME…] [--whole DIR]
//
// --whole also writes the unchanged definitions, to apply them to a cluster (npm run conformance -- --installed).
// Needs Go for its module proxy. Most projects include their CustomResourceDefinitions in their modules; for the
// others, controller-gen generates them from the Go types of their API modules, as the projects themselves do.
// Descriptions are omitted. Repeated parts are written once, as definitions.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { dump, loadAll } from "js-yaml";

/** The modules and paths of published definitions, and the packages from which definitions are generated, by file. */
const sources = {
  "argo-cd": { published: { "github.com/argoproj/argo-cd/v3@v3.2.12": ["manifests/crds"] } },
  "argo-events": { published: { "github.com/argoproj/argo-events@v1.9.10": ["manifests/base/crds"] } },
  "argo-rollouts": { published: { "github.com/argoproj/argo-rollouts@v1.10.1": ["manifests/crds"] } },
  "argo-workflows": { published: { "github.com/argoproj/argo-workflows/v4@v4.0.5": ["manifests/base/crds/full"] } },
  // The module also contains the definitions of Argo CD.
  "argocd-operator": {
    published: {
      "github.com/argoproj-labs/argocd-operator@v0.18.0": [
        "argocd-image-updater.argoproj.io_imageupdaters",
        "argoproj.io_argocdexports",
        "argoproj.io_argocds",
        "argoproj.io_namespacemanagements",
        "argoproj.io_notificationsconfigurations",
      ].map((of) => `config/crd/bases/${of}.yaml`),
    },
  },
  "cert-manager": { published: { "github.com/cert-manager/cert-manager@v1.21.2": ["deploy/crds"] } },
  cilium: {
    published: {
      "github.com/cilium/cilium@v1.20.2": ["v2", "v2alpha1"].map((of) => `pkg/k8s/apis/cilium.io/client/crds/${of}`),
    },
  },
  "cloudnative-pg": { published: { "github.com/cloudnative-pg/cloudnative-pg@v1.30.1": ["config/crd/bases"] } },
  contour: { published: { "github.com/projectcontour/contour@v1.33.8": ["examples/contour/01-crds.yaml"] } },
  crossplane: { published: { "github.com/crossplane/crossplane/v2@v2.4.2": ["cluster/crds"] } },
  "envoy-gateway": {
    published: { "github.com/envoyproxy/gateway@v1.9.1": ["charts/gateway-helm/charts/crds/crds/generated"] },
  },
  eck: { published: { "github.com/elastic/cloud-on-k8s/v3@v3.5.0": ["config/crds/v1/resources"] } },
  "external-dns": { published: { "sigs.k8s.io/external-dns@v0.23.0": ["config/crd/standard"] } },
  "external-secrets": { published: { "github.com/external-secrets/external-secrets@v1.3.2": ["config/crds/bases"] } },
  flux: {
    published: {
      "github.com/fluxcd/source-controller@v1.9.6": ["config/crd/bases"],
      "github.com/fluxcd/kustomize-controller@v1.9.6": ["config/crd/bases"],
    },
    generated: {
      "github.com/fluxcd/helm-controller/api@v1.6.5": ["v2"],
      "github.com/fluxcd/notification-controller/api@v1.9.4": ["v1", "v1beta3"],
      "github.com/fluxcd/image-reflector-controller/api@v1.2.5": ["v1"],
      "github.com/fluxcd/image-automation-controller/api@v1.2.5": ["v1"],
    },
  },
  gatekeeper: { published: { "github.com/open-policy-agent/gatekeeper/v3@v3.23.1": ["charts/gatekeeper/crds"] } },
  // The experimental channel includes the standard one.
  "gateway-api": { published: { "sigs.k8s.io/gateway-api@v1.7.0": ["config/crd/experimental"] } },
  "grafana-operator": { published: { "github.com/grafana/grafana-operator/v5@v5.24.0": ["config/crd/bases"] } },
  istio: { published: { "istio.io/api@v1.32.0": ["kubernetes/customresourcedefinitions.gen.yaml"] } },
  karpenter: {
    published: {
      "sigs.k8s.io/karpenter@v1.15.0": ["pkg/apis/crds"],
      "github.com/aws/karpenter-provider-aws@v1.15.2": ["pkg/apis/crds/karpenter.k8s.aws_ec2nodeclasses.yaml"],
    },
  },
  keda: {
    published: {
      "github.com/kedacore/keda/v2@v2.21.0": ["config/crd/bases"],
      "github.com/kedacore/http-add-on@v0.12.0": ["config/crd/bases"],
    },
  },
  kyverno: {
    published: { "github.com/kyverno/kyverno@v1.19.1": ["config/crds/kyverno", "config/crds/policies.kyverno.io"] },
  },
  "knative-serving": { published: { "knative.dev/serving@v0.51.0": ["config/core/300-resources"] } },
  longhorn: { published: { "github.com/longhorn/longhorn-manager@v1.12.0": ["k8s/crds.yaml"] } },
  metallb: { published: { "go.universe.tf/metallb@v0.16.2": ["config/crd/bases"] } },
  multus: {
    published: {
      "github.com/k8snetworkplumbingwg/network-attachment-definition-client@v1.7.2": ["artifacts/networks-crd.yaml"],
    },
  },
  "node-feature-discovery": {
    published: { "sigs.k8s.io/node-feature-discovery@v0.18.3": ["deployment/base/nfd-crds/nfd-api-crds.yaml"] },
  },
  olm: { published: { "github.com/operator-framework/api@v0.42.0": ["crds"] } },
  "opentelemetry-operator": {
    published: { "github.com/open-telemetry/opentelemetry-operator@v0.148.0": ["config/crd/bases"] },
  },
  "postgres-operator": {
    licence: "MIT",
    published: { "github.com/zalando/postgres-operator@v1.15.1": ["charts/postgres-operator/crds"] },
  },
  "prometheus-operator": {
    generated: {
      "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring@v0.95.2": ["v1", "v1alpha1", "v1beta1"],
    },
  },
  rook: { published: { "github.com/rook/rook@v1.20.4": ["deploy/examples/crds.yaml"] } },
  "sealed-secrets": { published: { "github.com/bitnami-labs/sealed-secrets@v0.40.0": ["helm/sealed-secrets/crds"] } },
  "snapshot-controller": {
    published: { "github.com/kubernetes-csi/external-snapshotter/client/v8@v8.7.0": ["config/crd"] },
  },
  "secrets-store-csi-driver": { published: { "sigs.k8s.io/secrets-store-csi-driver@v1.6.1": ["config/crd/bases"] } },
  tekton: { published: { "github.com/tektoncd/pipeline@v1.14.1": ["config/300-crds"] } },
  traefik: {
    licence: "MIT",
    published: { "github.com/traefik/traefik/v3@v3.7.13": ["docs/content/reference/dynamic-configuration"] },
  },
  "trust-manager": { published: { "github.com/cert-manager/trust-manager@v0.25.0": ["deploy/crds"] } },
  velero: {
    published: { "github.com/vmware-tanzu/velero@v1.18.3": ["config/crd/v1/bases", "config/crd/v2alpha1/bases"] },
  },
  "vertical-pod-autoscaler": {
    published: { "k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1": ["deploy/vpa-v1-crd-gen.yaml"] },
  },
};
const controllerGen = "sigs.k8s.io/controller-tools/cmd/controller-gen@v0.23.0";

function go(...args) {
  // Some projects need a newer Go than is installed, which the proxy provides as well.
  const env = { GOTOOLCHAIN: "go1.27.3", ...process.env };
  return execFileSync("go", args, { encoding: "utf8", cwd: go.folder ?? "/", stdio: "pipe", env });
}

function crdsOf(module, paths) {
  const { Dir } = JSON.parse(go("mod", "download", "-json", module));
  return paths.flatMap((path) => readCrds(join(Dir, path)));
}

/** The definitions in a file, or in the files of a folder. */
function readCrds(path) {
  const isFolder = statSync(path).isDirectory();
  const files = isFolder
    ? readdirSync(path)
        .sort()
        .map((file) => join(path, file))
    : [path];
  return (
    files
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => readFileSync(file, "utf8"))
      .filter((text) => /^kind: CustomResourceDefinition$/m.test(text))
      // Definitions in a chart contain templates for labels.
      .flatMap((text) => loadAll(text.replaceAll(/\{\{.*?\}\}/g, "")))
      .filter((one) => one?.kind === "CustomResourceDefinition")
  );
}

/** Generates definitions in a temporary module that only imports the packages. */
function generatedCrds(modules) {
  go.folder = mkdtempSync(join(tmpdir(), "crds-"));
  const packages = Object.entries(modules).flatMap(([module, versions]) =>
    versions.map((version) => `${module.split("@")[0]}/${version}`),
  );
  try {
    writeFileSync(join(go.folder, "go.mod"), "module crds\n\ngo 1.26.0\n");
    const imports = packages.map((name) => `import _ "${name}"`).join("\n");
    writeFileSync(join(go.folder, "main.go"), `package main\n\n${imports}\n\nfunc main() {}\n`);
    go("get", "-tool", controllerGen);
    for (const module of Object.keys(modules)) go("get", module);
    go("mod", "tidy");
    const paths = packages.map((name) => `paths=${name}`);
    go(
      "tool",
      "controller-gen",
      "crd:allowDangerousTypes=true,ignoreUnexportedFields=true",
      ...paths,
      "output:dir=out",
    );
    return readCrds(join(go.folder, "out"));
  } finally {
    rmSync(go.folder, { recursive: true });
    go.folder = undefined;
  }
}

/** A schema without descriptions, titles, examples and external documentation. */
function stripped(value, inProperties = false) {
  if (Array.isArray(value)) return value.map((one) => stripped(one));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key, one]) => inProperties || !isNoise(key, one));
  return Object.fromEntries(kept.map(([key, one]) => [key, stripped(one, key === "properties" && !inProperties)]));
}

function isNoise(key, value) {
  if (key === "description" || key === "title") return typeof value === "string";
  return ["example", "externalDocs"].includes(key);
}

function compact(crd) {
  const versions = crd.spec.versions
    .filter(({ served }) => served)
    .map(({ name, deprecated, deprecationWarning, subresources, schema }) => ({
      name,
      served: true,
      ...(deprecated && { deprecated, deprecationWarning }),
      ...(subresources && { subresources }),
      schema: { openAPIV3Schema: stripped(schema.openAPIV3Schema) },
    }));
  // The controller writes the status, so its content is not checked.
  for (const { schema } of versions) {
    const { status } = schema.openAPIV3Schema.properties;
    if (status) schema.openAPIV3Schema.properties.status = open;
    schema.openAPIV3Schema.required = schema.openAPIV3Schema.required?.filter((field) => field !== "status");
  }
  const { group, scope, names } = crd.spec;
  return { spec: { group, scope, names: { kind: names.kind }, versions } };
}

const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

/** Moves large objects that occur more than once into definitions. */
function shared(crds) {
  const counts = new Map();
  const count = (value) => {
    if (typeof value !== "object" || value === null) return;
    const text = JSON.stringify(value);
    if (value.type === "object" && text.length > 120) {
      counts.set(text, (counts.get(text) ?? 0) + 1);
      if (counts.get(text) > 1) return;
    }
    for (const one of Object.values(value)) count(one);
  };
  count(crds);
  const names = new Map();
  for (const [text, times] of counts) if (times > 1) names.set(text, `d${names.size + 1}`);
  const definitions = {};
  const replace = (value, isDefinition = false) => {
    if (typeof value !== "object" || value === null) return value;
    const name = isDefinition ? undefined : names.get(JSON.stringify(value));
    if (name !== undefined) {
      definitions[name] ??= replace(value, true);
      return { $ref: name };
    }
    if (Array.isArray(value)) return value.map((one) => replace(one));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replace(one)]));
  };
  return { crds: replace(crds), definitions };
}

/**
 * If Flux Operator installs Flux, Alerts and Receivers may also refer to its kinds. They are always accepted, because
 * it is unknown how a cluster installs Flux. `internal/builder/templates.go` in
 * github.com/controlplaneio-fluxcd/flux-operator
 */
function withFluxOperator(crd) {
  const { group, names, versions } = crd.spec;
  if (group !== "notification.toolkit.fluxcd.io") return crd;
  const list = { Alert: "eventSources", Receiver: "resources" }[names.kind];
  for (const { schema } of list ? versions : [])
    schema.openAPIV3Schema.properties.spec.properties[list].items.properties.kind.enum.push(
      "FluxInstance",
      "ResourceSet",
      "ResourceSetInputProvider",
    );
  return crd;
}

/**
 * Tekton's webhook reads every object into its Go types and writes it back, which gives a step without a name an empty one
 * before the API server validates the object. `roundTripPatch` in
 * knative.dev/pkg/webhook/resourcesemantics/defaulting, `StepName` in github.com/tektoncd/pipeline/pkg/pod
 */
function withUnnamedSteps(crd) {
  const { group, names, versions } = crd.spec;
  for (const { schema } of group === "tekton.dev" && names.kind === "Task" ? versions : [])
    delete schema.openAPIV3Schema.properties.spec.properties.steps.items.required;
  return crd;
}

function print(name, from, licence, crds) {
  const { crds: kinds, definitions } = shared(crds.map(compact).map(withFluxOperator).map(withUnnamedSteps));
  const provenance = {
    source: `CustomResourceDefinitions of ${from.join(", ")} (${licence}), without descriptions`,
    madeBy: "tools/validate/crds/extract.mjs",
  };
  const lines = Object.entries(definitions).map(
    ([key, schema]) => `  ${JSON.stringify(key)}: ${JSON.stringify(schema)}`,
  );
  const text = `{\n"provenance": ${JSON.stringify(provenance)},\n"definitions": {\n${lines.join(",\n")}\n},\n"crds": [\n${kinds.map((kind) => `  ${JSON.stringify(kind)}`).join(",\n")}\n]\n}\n`;
  JSON.parse(text);
  writeFileSync(new URL(`./${name}.json`, import.meta.url), text);
}

/** Lists the kinds of a file by API version in kinds.json, so that runs do not have to read the file. */
function noteKinds(name, crds) {
  const place = new URL("./kinds.json", import.meta.url);
  const served = crds.flatMap(({ spec }) =>
    spec.versions.filter(({ served }) => served).map((one) => [`${spec.group}/${one.name}`, spec.names.kind]),
  );
  const kindsIn = (apiVersion) => served.filter(([one]) => one === apiVersion).map(([, kind]) => kind);
  const apiVersions = [...new Set(served.map(([one]) => one))].sort();
  const known = JSON.parse(readFileSync(place, "utf8"));
  known[name] = Object.fromEntries(apiVersions.map((one) => [one, kindsIn(one).sort().join(" ")]));
  const lines = Object.keys(known)
    .sort()
    .map((one) => `  ${JSON.stringify(one)}: ${JSON.stringify(known[one])}`);
  writeFileSync(place, `{\n${lines.join(",\n")}\n}\n`);
}

const { values, positionals: requested } = parseArgs({
  options: { whole: { type: "string" } },
  allowPositionals: true,
});
for (const name of requested.length > 0 ? requested : Object.keys(sources)) {
  const { published = {}, generated, licence = "Apache-2.0" } = sources[name];
  const crds = Object.entries(published).flatMap(([module, paths]) => crdsOf(module, paths));
  if (generated) crds.push(...generatedCrds(generated));
  if (values.whole) writeFileSync(join(values.whole, `${name}.yaml`), crds.map((crd) => dump(crd)).join("---\n"));
  print(name, Object.keys({ ...published, ...generated }), licence, crds);
  noteKinds(name, crds);
}
