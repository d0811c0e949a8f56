import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import config from "../../tools/config/config.schema.json" with { type: "json" };
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { catalog, crdsOf, installable, type Project } from "../../tools/validate/crds/catalog.ts";
import { loadSchemas, validate } from "../../tools/validate/index.ts";
import { folders, inNamespace, readSeeds } from "../conformance/seeds.ts";
import { agreesOnWarnings, compare, isError, isRefused, readVerdicts, score } from "./agreement.ts";

const projects: [string, Project][] = Object.entries(catalog);
const names = projects.filter(([, { isGitOps }]) => !isGitOps).map(([name]) => name);
const schemas = await loadSchemas(
  [],
  projects.flatMap(([, { groups }]) => groups),
  names,
);
const tests = new URL("..", import.meta.url).pathname;
const seeds = readSeeds(tests, schemas, folders.installed);

const judge = (object: JsonObject, known = schemas) =>
  validate(resourceOf(object), { versions: ["1.36"], schemas: known });

interface Definition {
  readonly spec: { group: string; names: { kind: string }; versions: { name: string }[] };
}

it("lists the groups, kinds and source of each project's definitions", async () => {
  for (const [name, project] of projects) {
    const crds = (await crdsOf(project)) as unknown as Definition[];
    const named = Object.entries(project.kinds).flatMap(([apiVersion, kinds]) =>
      kinds.split(" ").map((kind) => `${apiVersion} ${kind}`),
    );
    const defined = crds.flatMap(({ spec }) =>
      spec.versions.map((version) => `${spec.group}/${version.name} ${spec.names.kind}`),
    );
    expect(defined.sort(), name).toEqual(named.sort());
    expect(new Set(crds.map(({ spec }) => spec.group)), name).toEqual(new Set(project.groups));
    const file = JSON.parse(readFileSync(`${tests}../tools/validate/crds/${name}.json`, "utf8"));
    expect(file.provenance.source, name).toMatch(/\((?:Apache-2\.0|MIT)\)/);
  }
});

it("lets gitops.yaml name every project in the documentation", () => {
  expect(config.properties.installed.items.enum).toEqual(names);
  const docs = readFileSync(`${tests}../docs/coverage.md`, "utf8").replace(/ +/g, " ");
  const wanted = projects
    .filter(([name]) => names.includes(name))
    .map(([name, { title }]) => `| \`${name}\` | ${title} |`);
  expect(wanted.filter((row) => !docs.includes(row))).toEqual([]);
});

it("accepts manifests of each project and evaluates every rule", () => {
  const kinds = Object.values(seeds).map(({ apiVersion, kind }) => installable(`${apiVersion}`, `${kind}`));
  expect(new Set(kinds)).toEqual(new Set(names));
  for (const [name, object] of Object.entries(seeds)) {
    const { problems, ...others } = judge(object);
    expect(problems.filter(isError), name).toEqual([]);
    expect(others, name).toEqual({ skipped: false, unevaluated: 0 });
  }
});

it("agrees with a real API server with these definitions on all 4,321 changes", async () => {
  const { lines } = readVerdicts(`${tests}validate/verdicts`, "installed");
  const compared = await compare({ seeds: inNamespace(seeds, "shop", schemas), lines }, "1.36", schemas);
  const { sameField, withFields } = score(compared);
  expect(lines).toHaveLength(4321);
  expect(compared.filter((one) => isRefused(one) !== one.refused).map(({ recorded }) => recorded)).toEqual([]);
  expect(sameField / withFields).toBeGreaterThan(0.98);
  // No warnings are recorded for rejected manifests.
  expect(compared.filter((one) => !one.refused && !agreesOnWarnings(one))).toEqual([]);
});

it("accepts a Tekton step without a name: Tekton's webhook adds an empty one", () => {
  const task = { apiVersion: "tekton.dev/v1", kind: "Task", metadata: { name: "a", namespace: "shop" } };
  const steps = [{ image: "busybox:1.37.0", script: "true" }, { image: "busybox:1.37.0" }];
  expect(judge({ ...task, spec: { steps } }).problems).toEqual([]);
  const { problems } = judge({ ...task, spec: { steps, sidecars: [{ image: "busybox:1.37.0" }] } });
  expect(problems.map(({ pointer }) => pointer)).toEqual(["/spec/sidecars/0/name"]);
});

it("does not know kinds that are not installed, and suggests the setting", async () => {
  const known = await loadSchemas([], ["cert-manager.io", "keda.sh"], ["keda"]);
  const { skipped, problems } = judge(seeds["cert-manager/certificate-shop"] as JsonObject, known);
  expect(skipped).toBe(true);
  expect(problems).toMatchObject([
    {
      rule: "schema/unknown-kind",
      help: "If the cluster has it, set installed: [cert-manager] in gitops.yaml: its definitions are bundled.",
    },
  ]);
  const misspelt = judge({ ...seeds["cert-manager/certificate-shop"], kind: "Certifcate" }, known);
  expect(misspelt.problems).toMatchObject([{ help: "Did you mean Certificate?" }]);
  expect(judge(seeds["keda/scaledobject-worker"] as JsonObject, known).skipped).toBe(false);
});

const outdated = (apiVersion: string, kind: string) =>
  ({ apiVersion, kind, metadata: { name: "a", namespace: "shop" } }) as JsonObject;

it.each<[string, string, string[], string, string]>([
  [
    "external-secrets.io/v1beta1",
    "ExternalSecret",
    [],
    "ExternalSecret is served in v1, not in v1beta1, by the bundled definition of External Secrets Operator 1.3",
    "Set apiVersion: external-secrets.io/v1, and installed: [external-secrets] in gitops.yaml. If the cluster serves " +
      "v1beta1, add that version's CustomResourceDefinition to schemas in gitops.yaml, or set allowUnknownKinds: " +
      "[external-secrets.io/v1beta1/*].",
  ],
  [
    "external-secrets.io/v1beta1",
    "ExternalSecret",
    ["external-secrets"],
    "ExternalSecret is served in v1, not in v1beta1, by the bundled definition of External Secrets Operator 1.3",
    "Set apiVersion: external-secrets.io/v1. If the cluster serves v1beta1, add that version's " +
      "CustomResourceDefinition to schemas in gitops.yaml, or set allowUnknownKinds: [external-secrets.io/v1beta1/*].",
  ],
  [
    "argoproj.io/v1beta1",
    "Rollout",
    [],
    "Rollout is served in v1alpha1, not in v1beta1, by the bundled definition of Argo Rollouts 1.10",
    "Set apiVersion: argoproj.io/v1alpha1, and installed: [argo-rollouts] in gitops.yaml. If the cluster serves " +
      "v1beta1, add that version's CustomResourceDefinition to schemas in gitops.yaml, or set allowUnknownKinds: " +
      "[argoproj.io/v1beta1/Rollout].",
  ],
])("names the bundled versions of a kind: %s %s, installed: %j", async (apiVersion, kind, installed, message, help) => {
  const known = await loadSchemas([], [apiVersion.split("/")[0] ?? ""], installed);
  expect(judge(outdated(apiVersion, kind), known).problems).toMatchObject([{ message, help }]);
});

it("accepts Flux Operator kinds in Alerts and Receivers", () => {
  const alert = (kind: string) => ({
    apiVersion: "notification.toolkit.fluxcd.io/v1beta3",
    kind: "Alert",
    metadata: { name: "all", namespace: "flux-system" },
    spec: { providerRef: { name: "chat" }, eventSources: [{ kind, name: "*" }] },
  });
  expect(judge(alert("FluxInstance")).problems.filter(isError)).toEqual([]);
  expect(judge(alert("FluxInstances")).problems.filter(isError)).toHaveLength(1);
});

it.each<[string, string, string | undefined]>([
  ["argoproj.io/v1alpha1", "Rollout", "argo-rollouts"],
  ["argoproj.io/v1alpha1", "Workflow", "argo-workflows"],
  ["argoproj.io/v1alpha1", "Pipeline", undefined],
  ["argoproj.io/v1alpha1", "Application", undefined],
  ["keda.sh/v1alpha1", "KedaController", undefined],
  ["serving.knative.dev/v1", "Service", "knative-serving"],
  ["external-secrets.io/v1", "ExternalSecret", "external-secrets"],
  ["external-secrets.io/v1beta1", "ExternalSecret", undefined],
])("suggests the project that has the kind: %s %s", (apiVersion, kind, expected) => {
  expect(installable(apiVersion, kind)).toBe(expected);
});

it("names the project and version of the definition that rejects a field", () => {
  const certificate = structuredClone(seeds["cert-manager/certificate-shop"]) as { spec: JsonObject };
  certificate.spec.dnsName = ["shop.example.com"];
  certificate.spec.keystores = { jks: { create: 1 } };
  expect(judge(certificate as unknown as JsonObject).problems).toMatchObject([
    { rule: "schema/unknown-field", help: expect.stringMatching(/^Did you mean dnsNames\?/) },
    { rule: "schema/type", help: expect.stringContaining("Certificate is checked as in cert-manager 1.21") },
  ]);
  expect(judge(seeds["kyverno/clusterpolicy-require-requests"] as JsonObject).problems).toMatchObject([
    { rule: "api/deprecated", help: expect.stringContaining("ClusterPolicy is checked as in Kyverno 1.19") },
  ]);
});
