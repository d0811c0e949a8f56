import { isObject, type Json, type JsonObject } from "../../core/json.ts";

/** The CustomResourceDefinitions of one project, which come with the gate. */
export interface Project {
  /** `cert-manager 1.21` */
  readonly title: string;
  /** The API groups of its kinds. */
  readonly groups: readonly string[];
  /** Its kinds are known without being asked for: it is what applies repositories. */
  readonly isGitOps: boolean;
  readonly file: () => Promise<{ default: unknown }>;
}

/** A title, and the API groups of the kinds. */
type Row = readonly [title: string, groups: string];

const below = (domain: string, names: string) =>
  names
    .split(" ")
    .map((name) => `${name}.${domain}`)
    .join(" ");

const appliers = {
  "argo-cd": ["Argo CD 3.2", "argoproj.io"],
  "config-connector": ["Config Connector", "compute.cnrm.cloud.google.com"],
  flux: ["Flux's controllers 1.9", below("toolkit.fluxcd.io", "helm image kustomize notification source")],
} as const satisfies Readonly<Record<string, Row>>;

const others = {
  "argo-events": ["Argo Events 1.9", "argoproj.io"],
  "argo-rollouts": ["Argo Rollouts 1.10", "argoproj.io"],
  "argo-workflows": ["Argo Workflows 4.0", "argoproj.io"],
  "argocd-operator": ["Argo CD Operator 0.18", "argocd-image-updater.argoproj.io argoproj.io"],
  "cert-manager": ["cert-manager 1.21", "acme.cert-manager.io cert-manager.io"],
  cilium: ["Cilium 1.20", "cilium.io"],
  "cloudnative-pg": ["CloudNativePG 1.30", "postgresql.cnpg.io"],
  contour: ["Contour 1.33", "projectcontour.io"],
  crossplane: ["Crossplane 2.4", below("crossplane.io", "apiextensions ops pkg protection")],
  eck: [
    "Elastic Cloud on Kubernetes 3.5",
    below(
      "k8s.elastic.co",
      "agent apm autoops autoscaling beat elasticsearch enterprisesearch kibana logstash maps packageregistry stackconfigpolicy",
    ),
  ],
  "envoy-gateway": ["Envoy Gateway 1.9", "gateway.envoyproxy.io"],
  "external-dns": ["ExternalDNS 0.23", "externaldns.k8s.io"],
  "external-secrets": ["External Secrets Operator 1.3", "external-secrets.io generators.external-secrets.io"],
  gatekeeper: [
    "Gatekeeper 3.23",
    below("gatekeeper.sh", "config connection expansion externaldata mutations status syncset templates"),
  ],
  "gateway-api": ["Gateway API 1.7 (experimental channel)", "gateway.networking.k8s.io gateway.networking.x-k8s.io"],
  "grafana-operator": ["Grafana Operator 5.24", "grafana.integreatly.org"],
  istio: ["Istio 1.32", below("istio.io", "extensions networking security telemetry")],
  karpenter: ["Karpenter 1.15", "autoscaling.x-k8s.io karpenter.k8s.aws karpenter.sh"],
  keda: ["KEDA 2.21", "eventing.keda.sh http.keda.sh keda.sh"],
  "knative-serving": ["Knative Serving 0.51", "autoscaling.internal.knative.dev serving.knative.dev"],
  kyverno: ["Kyverno 1.19", "kyverno.io policies.kyverno.io"],
  longhorn: ["Longhorn 1.12", "longhorn.io"],
  metallb: ["MetalLB 0.16", "metallb.io"],
  multus: ["Multus (network attachments)", "k8s.cni.cncf.io"],
  "node-feature-discovery": ["Node Feature Discovery 0.18", "nfd.k8s-sigs.io"],
  olm: ["Operator Lifecycle Manager", "operators.coreos.com"],
  "opentelemetry-operator": ["OpenTelemetry Operator 0.148", "opentelemetry.io"],
  "postgres-operator": ["Postgres Operator of Zalando 1.15", "acid.zalan.do"],
  "prometheus-operator": ["Prometheus Operator 0.95", "monitoring.coreos.com"],
  rook: ["Rook 1.20", "ceph.rook.io objectbucket.io"],
  "sealed-secrets": ["Sealed Secrets 0.40", "bitnami.com"],
  "secrets-store-csi-driver": ["Secrets Store CSI Driver 1.6", "secrets-store.csi.x-k8s.io"],
  "snapshot-controller": ["Snapshot Controller 8.7", "groupsnapshot.storage.k8s.io snapshot.storage.k8s.io"],
  tekton: ["Tekton Pipelines 1.14", "resolution.tekton.dev tekton.dev"],
  traefik: ["Traefik 3.7", "traefik.io"],
  "trust-manager": ["trust-manager 0.25", "trust-manager.io trust.cert-manager.io"],
  velero: ["Velero 1.18", "velero.io"],
  "vertical-pod-autoscaler": ["Vertical Pod Autoscaler 1.8", "autoscaling.k8s.io"],
} as const satisfies Readonly<Record<string, Row>>;

/** What `installed` in gitops.yaml may name. */
export type Installed = keyof typeof others;

/** Each file is read only where one of its groups occurs. */
const files: Readonly<Record<keyof typeof appliers | Installed, Project["file"]>> = {
  "argo-cd": () => import("./argo-cd.json", { with: { type: "json" } }),
  "argo-events": () => import("./argo-events.json", { with: { type: "json" } }),
  "argo-rollouts": () => import("./argo-rollouts.json", { with: { type: "json" } }),
  "argo-workflows": () => import("./argo-workflows.json", { with: { type: "json" } }),
  "argocd-operator": () => import("./argocd-operator.json", { with: { type: "json" } }),
  "cert-manager": () => import("./cert-manager.json", { with: { type: "json" } }),
  cilium: () => import("./cilium.json", { with: { type: "json" } }),
  "cloudnative-pg": () => import("./cloudnative-pg.json", { with: { type: "json" } }),
  "config-connector": () => import("./config-connector.json", { with: { type: "json" } }),
  contour: () => import("./contour.json", { with: { type: "json" } }),
  crossplane: () => import("./crossplane.json", { with: { type: "json" } }),
  eck: () => import("./eck.json", { with: { type: "json" } }),
  "envoy-gateway": () => import("./envoy-gateway.json", { with: { type: "json" } }),
  "external-dns": () => import("./external-dns.json", { with: { type: "json" } }),
  "external-secrets": () => import("./external-secrets.json", { with: { type: "json" } }),
  flux: () => import("./flux.json", { with: { type: "json" } }),
  gatekeeper: () => import("./gatekeeper.json", { with: { type: "json" } }),
  "gateway-api": () => import("./gateway-api.json", { with: { type: "json" } }),
  "grafana-operator": () => import("./grafana-operator.json", { with: { type: "json" } }),
  istio: () => import("./istio.json", { with: { type: "json" } }),
  karpenter: () => import("./karpenter.json", { with: { type: "json" } }),
  keda: () => import("./keda.json", { with: { type: "json" } }),
  "knative-serving": () => import("./knative-serving.json", { with: { type: "json" } }),
  kyverno: () => import("./kyverno.json", { with: { type: "json" } }),
  longhorn: () => import("./longhorn.json", { with: { type: "json" } }),
  metallb: () => import("./metallb.json", { with: { type: "json" } }),
  multus: () => import("./multus.json", { with: { type: "json" } }),
  "node-feature-discovery": () => import("./node-feature-discovery.json", { with: { type: "json" } }),
  olm: () => import("./olm.json", { with: { type: "json" } }),
  "opentelemetry-operator": () => import("./opentelemetry-operator.json", { with: { type: "json" } }),
  "postgres-operator": () => import("./postgres-operator.json", { with: { type: "json" } }),
  "prometheus-operator": () => import("./prometheus-operator.json", { with: { type: "json" } }),
  rook: () => import("./rook.json", { with: { type: "json" } }),
  "sealed-secrets": () => import("./sealed-secrets.json", { with: { type: "json" } }),
  "secrets-store-csi-driver": () => import("./secrets-store-csi-driver.json", { with: { type: "json" } }),
  "snapshot-controller": () => import("./snapshot-controller.json", { with: { type: "json" } }),
  tekton: () => import("./tekton.json", { with: { type: "json" } }),
  traefik: () => import("./traefik.json", { with: { type: "json" } }),
  "trust-manager": () => import("./trust-manager.json", { with: { type: "json" } }),
  velero: () => import("./velero.json", { with: { type: "json" } }),
  "vertical-pod-autoscaler": () => import("./vertical-pod-autoscaler.json", { with: { type: "json" } }),
};

export const catalog: Readonly<Record<string, Project>> = Object.fromEntries(
  Object.entries(files).map(([name, file]) => {
    const isGitOps = Object.hasOwn(appliers, name);
    const [title, groups] = { ...appliers, ...others }[name as keyof typeof files];
    return [name, { title, groups: groups.split(" "), isGitOps, file }];
  }),
);

const projects = Object.entries(catalog);

/** The projects of these API groups whose kinds are known. */
export function projectsOf(groups: ReadonlySet<string>, installed: readonly string[] = []): Project[] {
  return projects
    .filter(
      ([name, { isGitOps, groups: own }]) =>
        (isGitOps || installed.includes(name)) && own.some((one) => groups.has(one)),
    )
    .map(([, project]) => project);
}

/** What `installed` has to name for kinds of an API group to be known; undefined where nothing of it comes with the gate. */
export function installable(group: string): string | undefined {
  return projects.find(([, { isGitOps, groups }]) => !isGitOps && groups.includes(group))?.[0];
}

/** What to do about an unknown kind of an API group; undefined where nothing of the group comes with the gate. */
export function installKind(group: string): string | undefined {
  const project = installable(group);
  return (
    project &&
    `Where the cluster has it, write installed: [${project}] in gitops.yaml: its definitions come with the gate.`
  );
}

/** The definitions of a project, as a cluster has them. */
export async function crdsOf({ file }: Project): Promise<JsonObject[]> {
  const { crds, definitions } = (await file()).default as { crds: JsonObject[]; definitions: JsonObject };
  return crds.map((crd) => resolved(crd, definitions, new Map()) as JsonObject);
}

/** What occurs several times in a file is written once, and named by `$ref`; it is one object here too. */
function resolved(value: Json, definitions: JsonObject, known: Map<string, Json>): Json {
  if (Array.isArray(value)) return value.map((one) => resolved(one, definitions, known));
  if (!isObject(value)) return value;
  const { $ref: name } = value;
  if (typeof name !== "string") {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, definitions, known)]));
  }
  const made = known.get(name) ?? resolved(definitions[name] ?? {}, definitions, known);
  known.set(name, made);
  return made;
}
