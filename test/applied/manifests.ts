/** A Deployment of one container. */
export const deployment = (name: string, replicas = "2", image = "example.com/web:1.0") => `apiVersion: apps/v1
kind: Deployment
metadata: { name: "${name}" }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: "${image}"
`;

/** The GitRepository that {@link kustomization} uses. */
export const source = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: fleet, namespace: flux-system }
spec: { interval: 1m, url: https://example.com/fleet.git, ref: { branch: main } }
---
`;

/** A Flux Kustomization. @param more fields of its spec, in lines that are indented by two */
export const kustomization = (name: string, path: string, more = "") => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec:
  interval: 10m
  prune: true
  path: ./${path}
  sourceRef: { kind: GitRepository, name: fleet }
${more}---
`;

/** The field of a Kustomization with one patch. */
export const patched = (patch: string, kind = "Deployment") => `  patches:
    - target: { kind: ${kind} }
      patch: |
${patch.replaceAll(/^(?=.)/gm, "        ")}
`;

/** A claim without a storage class. */
export const claim =
  "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\nspec:\n  accessModes: [ReadWriteOnce]\n  resources: { requests: { storage: 1Gi } }\n";
