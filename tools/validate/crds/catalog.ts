import { isObject, type Json, type JsonObject } from "../../core/json.ts";

/** The CustomResourceDefinitions of one project, which come with the gate. */
export interface Project {
  /** `cert-manager 1.21` */
  readonly title: string;
  /** The API groups of its kinds. */
  readonly groups: readonly string[];
  /** Its kinds are known without being asked for: it is what applies repositories. */
  readonly isGitOps?: true;
  readonly file: () => Promise<{ default: unknown }>;
}

/** By the names that `installed` in gitops.yaml has; each file is read only where one of its groups occurs. */
export const catalog = {
  "argo-cd": {
    title: "Argo CD 3.2",
    groups: ["argoproj.io"],
    isGitOps: true,
    file: () => import("./argo-cd.json", { with: { type: "json" } }),
  },
  "argo-rollouts": {
    title: "Argo Rollouts 1.10",
    groups: ["argoproj.io"],
    file: () => import("./argo-rollouts.json", { with: { type: "json" } }),
  },
  "cert-manager": {
    title: "cert-manager 1.21",
    groups: ["acme.cert-manager.io", "cert-manager.io"],
    file: () => import("./cert-manager.json", { with: { type: "json" } }),
  },
  cilium: {
    title: "Cilium 1.20",
    groups: ["cilium.io"],
    file: () => import("./cilium.json", { with: { type: "json" } }),
  },
  "config-connector": {
    title: "Config Connector",
    groups: ["compute.cnrm.cloud.google.com"],
    isGitOps: true,
    file: () => import("./config-connector.json", { with: { type: "json" } }),
  },
  eck: {
    title: "Elastic Cloud on Kubernetes 3.5",
    groups: [
      ...["agent", "apm", "autoops", "autoscaling", "beat", "elasticsearch", "enterprisesearch", "kibana"],
      ...["logstash", "maps", "packageregistry", "stackconfigpolicy"],
    ].map((name) => `${name}.k8s.elastic.co`),
    file: () => import("./eck.json", { with: { type: "json" } }),
  },
  "envoy-gateway": {
    title: "Envoy Gateway 1.9",
    groups: ["gateway.envoyproxy.io"],
    file: () => import("./envoy-gateway.json", { with: { type: "json" } }),
  },
  "external-dns": {
    title: "ExternalDNS 0.22",
    groups: ["externaldns.k8s.io"],
    file: () => import("./external-dns.json", { with: { type: "json" } }),
  },
  "external-secrets": {
    title: "External Secrets Operator 1.3",
    groups: ["external-secrets.io", "generators.external-secrets.io"],
    file: () => import("./external-secrets.json", { with: { type: "json" } }),
  },
  flux: {
    title: "Flux's controllers 1.9",
    groups: ["helm", "image", "kustomize", "notification", "source"].map((name) => `${name}.toolkit.fluxcd.io`),
    isGitOps: true,
    file: () => import("./flux.json", { with: { type: "json" } }),
  },
  "gateway-api": {
    title: "Gateway API 1.6 (experimental channel)",
    groups: ["gateway.networking.k8s.io", "gateway.networking.x-k8s.io"],
    file: () => import("./gateway-api.json", { with: { type: "json" } }),
  },
  istio: {
    title: "Istio 1.32",
    groups: ["extensions", "networking", "security", "telemetry"].map((name) => `${name}.istio.io`),
    file: () => import("./istio.json", { with: { type: "json" } }),
  },
  karpenter: {
    title: "Karpenter 1.14",
    groups: ["autoscaling.x-k8s.io", "karpenter.sh"],
    file: () => import("./karpenter.json", { with: { type: "json" } }),
  },
  keda: {
    title: "KEDA 2.21",
    groups: ["eventing.keda.sh", "keda.sh"],
    file: () => import("./keda.json", { with: { type: "json" } }),
  },
  "knative-serving": {
    title: "Knative Serving 0.51",
    groups: ["autoscaling.internal.knative.dev", "serving.knative.dev"],
    file: () => import("./knative-serving.json", { with: { type: "json" } }),
  },
  kyverno: {
    title: "Kyverno 1.19",
    groups: ["kyverno.io", "policies.kyverno.io"],
    file: () => import("./kyverno.json", { with: { type: "json" } }),
  },
  metallb: {
    title: "MetalLB 0.16",
    groups: ["metallb.io"],
    file: () => import("./metallb.json", { with: { type: "json" } }),
  },
  "prometheus-operator": {
    title: "Prometheus Operator 0.95",
    groups: ["monitoring.coreos.com"],
    file: () => import("./prometheus-operator.json", { with: { type: "json" } }),
  },
  "sealed-secrets": {
    title: "Sealed Secrets 0.40",
    groups: ["bitnami.com"],
    file: () => import("./sealed-secrets.json", { with: { type: "json" } }),
  },
  "snapshot-controller": {
    title: "Snapshot Controller 8.7",
    groups: ["groupsnapshot.storage.k8s.io", "snapshot.storage.k8s.io"],
    file: () => import("./snapshot-controller.json", { with: { type: "json" } }),
  },
  traefik: {
    title: "Traefik 3.7",
    groups: ["traefik.io"],
    file: () => import("./traefik.json", { with: { type: "json" } }),
  },
  "vertical-pod-autoscaler": {
    title: "Vertical Pod Autoscaler 1.8",
    groups: ["autoscaling.k8s.io"],
    file: () => import("./vertical-pod-autoscaler.json", { with: { type: "json" } }),
  },
} as const satisfies Readonly<Record<string, Project>>;

/** What `installed` may name: the projects that are not known anyway. */
export type Installed = {
  [Name in keyof typeof catalog]: (typeof catalog)[Name] extends { isGitOps: true } ? never : Name;
}[keyof typeof catalog];

const projects: [string, Project][] = Object.entries(catalog);

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
