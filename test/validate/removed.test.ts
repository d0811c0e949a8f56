import { load } from "js-yaml";
import { expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { said } from "./subject.ts";

const names = "names: {kind: Thing, plural: things}, group: example.com";
const schema = "{openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}";
const template = "template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b:1}]}}";
const rules = "rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]";
const backend = "backend: {serviceName: a, servicePort: 80}";
const metrics = [
  "{type: Resource, resource: {name: cpu, targetAverageUtilization: 50}}",
  "{type: Resource, resource: {name: cpu, targetAverageValue: 50m}}",
  "{type: Pods, pods: {metricName: a, targetAverageValue: 1, selector: {matchLabels: {a: b}}}}",
  "{type: Object, object: {metricName: a, targetValue: 1, target: {apiVersion: v1, kind: Service, name: a}}}",
  "{type: External, external: {metricName: a, targetValue: 1, metricSelector: {matchLabels: {a: b}}}}",
  "{type: External, external: {metricName: a, targetAverageValue: 1}}",
];

test.each<[kind: string, rest: string, ...others: string[]]>([
  [
    "apiextensions.k8s.io/v1beta1 CustomResourceDefinition",
    `spec: {version: v1, scope: Namespaced, ${names}, subresources: {status: {}}, validation: ${schema}}`,
  ],
  [
    "apiextensions.k8s.io/v1beta1 CustomResourceDefinition",
    `spec: {${names}, versions: [{name: v1, served: true, storage: true}, {name: v2, served: true, storage: false}],
      conversion: {strategy: Webhook, conversionReviewVersions: [v1beta1], webhookClientConfig: {url: "https://a.example"}}}`,
  ],
  [
    "apiextensions.k8s.io/v1beta1 CustomResourceDefinition",
    `spec: {scope: Cluster, ${names}, versions: [{name: v1, served: true, storage: true,
      additionalPrinterColumns: [{name: A, type: string, JSONPath: .spec.a}], schema: {openAPIV3Schema: {}}}]}`,
    "apply/field /spec/versions/0/schema/openAPIV3Schema/type",
  ],
  [
    "admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration",
    `webhooks: [{name: a.example.com, clientConfig: {url: "https://a.example"}, ${rules}}]`,
  ],
  [
    "autoscaling/v2beta1 HorizontalPodAutoscaler",
    `spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}, maxReplicas: 3, metrics: [${metrics}]}`,
  ],
  ["extensions/v1beta1 Deployment", `spec: {rollbackTo: {revision: 1}, ${template}}`],
  ["extensions/v1beta1 DaemonSet", `spec: {templateGeneration: 1, ${template}}`],
  ["apps/v1beta1 StatefulSet", `spec: {serviceName: a, replica: 1, ${template}}`, "schema/unknown-field /spec/replica"],
  [
    "extensions/v1beta1 Ingress",
    `spec: {${backend}, rules: [{http: {paths: [{${backend}}]}}, {http: {paths: [{path: a, ${backend}}]}}]}`,
  ],
  ["node.k8s.io/v1alpha1 RuntimeClass", "spec: {runtimeHandler: runc}"],
  // Its selector stays.
  [
    "policy/v1beta1 PodDisruptionBudget",
    "spec: {minAvailable: 1, selector: {matchlabels: {a: b}}}",
    "schema/unknown-field /spec/selector/matchlabels",
  ],
])("%s is reported once: %s", (kind, rest, ...others) => {
  const [apiVersion, name] = kind.split(" ");
  const metadata = { name: name === "CustomResourceDefinition" ? "things.example.com" : "a" };
  const object = { apiVersion, kind: name, metadata, ...(load(rest) as JsonObject) } as JsonObject;
  expect(said(object)).toEqual(["api/removed /apiVersion", ...others]);
});
