import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";
import { groupOf } from "../../core/resource.ts";
import kindsOfAll from "./kinds.json" with { type: "json" };

/** A project whose CustomResourceDefinitions are bundled with the gate. */
export interface Project {
  /** `cert-manager 1.21` */
  readonly title: string;
  /** The API groups of its kinds. */
  readonly groups: readonly string[];
  /** The names of its kinds by API version (`cert-manager.io/v1`), separated by spaces. */
  readonly kinds: Readonly<Record<string, string>>;
  /** Its kinds are always known, because it applies repositories. */
  readonly isGitOps: boolean;
  readonly file: () => Promise<{ default: unknown }>;
}

const appliers = {
  "argo-cd": "Argo CD 3.2",
  "config-connector": "Config Connector",
  flux: "Flux's controllers 1.9",
} as const;

const others = {
  "argo-events": "Argo Events 1.9",
  "argo-rollouts": "Argo Rollouts 1.10",
  "argo-workflows": "Argo Workflows 4.0",
  "argocd-operator": "Argo CD Operator 0.18",
  "cert-manager": "cert-manager 1.21",
  cilium: "Cilium 1.20",
  "cloudnative-pg": "CloudNativePG 1.30",
  contour: "Contour 1.33",
  crossplane: "Crossplane 2.4",
  eck: "Elastic Cloud on Kubernetes 3.5",
  "envoy-gateway": "Envoy Gateway 1.9",
  "external-dns": "ExternalDNS 0.23",
  "external-secrets": "External Secrets Operator 1.3",
  gatekeeper: "Gatekeeper 3.23",
  "gateway-api": "Gateway API 1.7 (experimental channel)",
  "grafana-operator": "Grafana Operator 5.24",
  istio: "Istio 1.32",
  karpenter: "Karpenter 1.15",
  keda: "KEDA 2.21",
  "knative-serving": "Knative Serving 0.51",
  kyverno: "Kyverno 1.19",
  longhorn: "Longhorn 1.12",
  metallb: "MetalLB 0.16",
  multus: "Multus (network attachments)",
  "node-feature-discovery": "Node Feature Discovery 0.18",
  olm: "Operator Lifecycle Manager",
  "opentelemetry-operator": "OpenTelemetry Operator 0.148",
  "postgres-operator": "Postgres Operator of Zalando 1.15",
  "prometheus-operator": "Prometheus Operator 0.95",
  rook: "Rook 1.20",
  "sealed-secrets": "Sealed Secrets 0.40",
  "secrets-store-csi-driver": "Secrets Store CSI Driver 1.6",
  "snapshot-controller": "Snapshot Controller 8.7",
  tekton: "Tekton Pipelines 1.14",
  traefik: "Traefik 3.7",
  "trust-manager": "trust-manager 0.25",
  velero: "Velero 1.18",
  "vertical-pod-autoscaler": "Vertical Pod Autoscaler 1.8",
} as const;

/** The names that `installed` in gitops.yaml may contain. */
export type Installed = keyof typeof others;

/** Each file is read only if one of its groups occurs. */
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

/** All projects, by the names that `installed` uses. */
export const catalog: Readonly<Record<string, Project>> = Object.fromEntries(
  Object.entries(files).map(([name, file]) => {
    const isGitOps = Object.hasOwn(appliers, name);
    const title = { ...appliers, ...others }[name as keyof typeof files];
    const kinds = own<Project["kinds"]>(kindsOfAll, name) ?? {};
    return [name, { title, groups: [...new Set(Object.keys(kinds).map(groupOf))], kinds, isGitOps, file }];
  }),
);

const projects = Object.entries(catalog);

/**
 * The projects with kinds in these API groups that are known: those that apply repositories, and the installed ones.
 */
export function projectsOf(groups: ReadonlySet<string>, installed: readonly string[] = []): Project[] {
  return projects
    .filter(
      ([name, { isGitOps, groups: theirs }]) =>
        (isGitOps || installed.includes(name)) && theirs.some((one) => groups.has(one)),
    )
    .map(([, project]) => project);
}

/**
 * The project that `installed` must name to make a kind known; undefined if this version of the kind is not bundled or is
 * always known.
 */
export function installable(apiVersion: string, kind: string): string | undefined {
  return projects.find(([, project]) => !project.isGitOps && kindsIn(apiVersion, [project]).includes(kind))?.[0];
}

/** The bundled kinds of an API version. */
export function kindsIn(apiVersion: string, of = Object.values(catalog)): string[] {
  return of.flatMap(({ kinds }) => own(kinds, apiVersion)?.split(" ") ?? []);
}

/** The bundled kinds of an API group, in any version. */
export function kindsOfGroup(group: string): string[] {
  return bundledKinds.flatMap((one) => (groupOf(one.apiVersion) === group ? one.kind : []));
}

/** A kind whose definition is bundled with the gate. */
export interface BundledKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Its name in the catalog. */
  readonly project: string;
}

/** All bundled kinds, in each version. */
export const bundledKinds: readonly BundledKind[] = projects.flatMap(([project, { kinds }]) =>
  Object.entries(kinds).flatMap(([apiVersion, names]) =>
    names.split(" ").map((kind) => ({ apiVersion, kind, project })),
  ),
);

/** The definitions of a project, with all references resolved. */
export async function crdsOf({ file }: Project): Promise<JsonObject[]> {
  const { crds, definitions } = (await file()).default as { crds: JsonObject[]; definitions: JsonObject };
  return crds.map((crd) => resolved(crd, definitions, new Map()) as JsonObject);
}

/** Replaces `$ref`, which the files use for repeated parts; all references to a part share one object. */
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
