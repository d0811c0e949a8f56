/** Manifests to compare: tests give the parts that matter, the rest is always the same. */

type Parts = Readonly<Record<string, unknown>>;

const meta = (name: string, more: Parts = {}) => ({ name, namespace: "shop", ...more });

/** A workload with one container, changed by parts of its spec, its pod and the container. */
export function workload(spec: Parts = {}, pod: Parts = {}, container: Parts = {}, kind = "Deployment", name = "web") {
  const labels = { app: name };
  const containers = [
    { name: "web", image: "registry.example.com/web:1.0.0", ports: [{ containerPort: 8080 }], ...container },
  ];
  const template = { metadata: { labels }, spec: { containers, ...pod } };
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: meta(name),
    spec: { selector: { matchLabels: labels }, template, ...spec },
  };
}

export const statefulSet = (spec: Parts = {}) => workload({ serviceName: "web", ...spec }, {}, {}, "StatefulSet");

export const service = (spec: Parts = {}, name = "web") => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: meta(name),
  spec: { selector: { app: "web" }, ports: [{ name: "http", port: 80, targetPort: 8080 }], ...spec },
});

export const networkPolicy = (spec: Parts) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: meta("all"),
  spec: { podSelector: {}, policyTypes: ["Ingress"], ...spec },
});

export const ingress = (spec: Parts) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: meta("web"),
  spec,
});

export const route = (host: string, path = "/") => ({
  host,
  http: { paths: [{ path, pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }] },
});

export const config = (data: Parts, more: Parts = {}, name = "settings") => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: meta(name),
  data,
  ...more,
});

export const secret = (stringData: Parts, name = "keys") => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: meta(name),
  stringData,
});

/** A Secret as encrypted by SOPS. */
export const sealed = (tag: string) => {
  const cipher = `ENC[AES256_GCM,data:MTIz,iv:MTIz,tag:${tag},type:str]`;
  return {
    ...secret({ "tls.key": cipher }),
    type: "kubernetes.io/tls",
    data: { "tls.crt": cipher },
    sops: { mac: cipher },
  };
};

export const claim = (size = "1Gi", name = "data") => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: meta(name),
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: size } } },
});

export const volume = (policy: string) => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: "disk" },
  spec: {
    accessModes: ["ReadWriteOnce"],
    capacity: { storage: "1Gi" },
    persistentVolumeReclaimPolicy: policy,
    nfs: { server: "nfs.example.com", path: "/a" },
  },
});

export const job = (image: string, annotations: Parts = {}) => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: meta("load", { annotations }),
  spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "load", image }] } } },
});

export const cronJob = (image: string) => ({
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: meta("nightly"),
  spec: {
    schedule: "0 3 * * *",
    jobTemplate: { spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image }] } } } },
  },
});

export const autoscaler = (most: number) => ({
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: meta("web"),
  spec: { maxReplicas: most, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" } },
});

export const budget = (minAvailable: number) => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: meta("web"),
  spec: { minAvailable, selector: { matchLabels: { app: "web" } } },
});

export const binding = (role: string) => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "RoleBinding",
  metadata: meta("web"),
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role },
  subjects: [{ kind: "ServiceAccount", name: "web", namespace: "shop" }],
});

/** A Kustomization of Flux. */
export const sync = (spec: Parts) => ({
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  metadata: meta("web"),
  spec: { interval: "10m", prune: true, path: "./a", sourceRef: { kind: "GitRepository", name: "r" }, ...spec },
});

/** An Application of Argo CD. */
export const application = (finalizers: readonly string[]) => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  metadata: meta("web", { finalizers }),
  spec: {
    project: "default",
    source: { repoURL: "https://git.example.com/r", path: "a", targetRevision: "main" },
    destination: { namespace: "shop", server: "https://kubernetes.default.svc" },
  },
});

/** The object with these annotations. */
export function annotated<T extends { readonly metadata: object }>(object: T, annotations: Parts): T {
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** A Deployment that reads a ConfigMap as variables or as files. */
export const reads = (how: "variables" | "files", name = "settings") =>
  how === "variables"
    ? workload({}, {}, { envFrom: [{ configMapRef: { name } }] })
    : workload(
        {},
        { volumes: [{ name: "c", configMap: { name } }] },
        { volumeMounts: [{ name: "c", mountPath: "/c" }] },
      );

export const mounts = (name: string | undefined) =>
  workload(
    {},
    { volumes: [{ name: "data", ...(name ? { persistentVolumeClaim: { claimName: name } } : { emptyDir: {} }) }] },
  );
