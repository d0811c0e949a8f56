import { expect, test } from "vitest";
import { check, temporaryFolder, writeFilesIn } from "../run.ts";

/** An ApplicationSet for the namespaces that clusters have as a label, and an Ingress with a missing Service. */
const manifests = (namespace: string) => `
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: charts, namespace: argocd }
spec:
  goTemplate: true
  generators: [{ clusters: {} }]
  template:
    metadata: { name: "{{ .name }}" }
    spec:
      project: default
      source: { repoURL: https://charts.example.com, chart: stack, targetRevision: 1.0.0 }
      destination: { server: "{{ .server }}", namespace: "${namespace}" }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }
---
apiVersion: v1
kind: Service
metadata: { name: other, namespace: shop }
spec: { ports: [{ port: 80 }] }
`;

test.each([
  ["{{ .name }}", "warning", /^ApplicationSet charts may install it with a chart: /],
  ["{{ .name }}-apps", "error", /^Add it/],
])("a chart for the namespace %s makes a missing Service a(n) %s", async (namespace, severity, help) => {
  const cwd = temporaryFolder();
  writeFilesIn(cwd, { "all.yaml": manifests(namespace) });
  const { report } = await check(["all.yaml"], { cwd });
  const found = report.findings.filter(({ rule }) => rule === "link/ingress-backend");
  expect(found.map((one) => one.severity)).toEqual([severity]);
  expect(found[0]?.help).toMatch(help);
});
