import { expect, test } from "vitest";
import { check, type Files, repository } from "../run.ts";

// Advice that depends on more than one rule or resource.

/** The findings of a rule as `file:line severity message | help`. */
async function adviceIn(files: Files, rule: string): Promise<string[]> {
  const { report } = await check([], { cwd: repository(files) });
  return report.findings
    .filter((finding) => finding.rule === rule)
    .map(({ file, line, severity, message, help }) => `${file}:${line} ${severity} ${message} | ${help}`);
}

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

test.each([
  ["namePrefix: shop-", "shop-web", "Write web as the name of the target: "],
  ["nameSuffix: -b", "web-b", "Write web as the name of the target: "],
  ["namePrefix: shop-", "shop-db", "Correct the target "],
  ["namePrefix: shop-", "db", "Correct the target "],
  ["", "shop-web", "Correct the target "],
])("a patch is applied before names change (%s): the target %s", async (affix, name, help) => {
  const patch = "|-\n      - { op: add, path: /data, value: { a: b } }";
  const target = `{ kind: ConfigMap, name: ${name} }`;
  const files = {
    "kustomization.yaml": `resources: [a.yaml]\n${affix}\npatches:\n  - target: ${target}\n    patch: ${patch}\n`,
    "a.yaml": configMap("web"),
  };
  const found = await adviceIn(files, "gitops/dead-patch");
  expect(found).toEqual([expect.stringContaining(`| ${help}`)]);
});

test("the order of variables can be wrong in a file or by a patch", async () => {
  const found = await adviceIn(
    {
      "plain/pod.yaml": pod("{ name: URL, value: http://$(HOST) }", "{ name: HOST, value: web }"),
      "app/kustomization.yaml": "resources: [pod.yaml]\npatchesStrategicMerge: [patch.yaml]\n",
      "app/pod.yaml": pod("{ name: HOST, value: web }"),
      "app/patch.yaml": pod("{ name: URL, value: http://$(HOST) }"),
    },
    "link/variable-order",
  );
  const says =
    "error variable URL of container web of Pod web uses $(HOST), which is defined after it | Move HOST before URL.";
  const inPatch = "If a patch adds URL, it comes before the existing variables: repeat HOST before it in the patch.";
  expect(found).toEqual([`app/patch.yaml:8 ${says} ${inPatch}`, `plain/pod.yaml:8 ${says}`]);
});

function pod(...variables: readonly string[]): string {
  const env = `[${variables.join(", ")}]`;
  return `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: example.com/web:1.0.0\n      env: ${env}\n`;
}

test.each([
  ["healthChecks: [{ apiVersion: apps/v1, kind: Deployment, name: db, namespace: data }]", []],
  ["components: [../parts/labels]", []],
  ["wait: true", ["checks/kustomization.yaml:1 warning"]],
])("an empty list of resources is of use to a Kustomization with %s", async (field, expected) => {
  const files = {
    "cluster/sync.yaml": fluxOf("checks", field),
    "checks/kustomization.yaml": "resources: []\n",
    "parts/labels/kustomization.yaml":
      "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [a.yaml]\n",
    "parts/labels/a.yaml": configMap("a"),
  };
  const found = await adviceIn(files, "schema/empty-render");
  expect(found.map((one) => one.split(" ").slice(0, 2).join(" "))).toEqual(expected);
});

test("Flux writes an invalid label if a kustomization asks for the version of kustomize: one finding", async () => {
  const files = {
    "cluster/sync.yaml": fluxOf("apps/web") + fluxOf("apps/db"),
    ...Object.fromEntries(
      ["web", "db", "unsynced"].map((name) => [`apps/${name}/kustomization.yaml`, "resources: [../../base]"]),
    ),
    "base/kustomization.yaml": "resources: [a.yaml, b.yaml]\nbuildMetadata: [managedByLabel, originAnnotations]\n",
    "base/a.yaml": configMap("a"),
    "base/b.yaml": configMap("b"),
  };
  const found = await adviceIn(files, "apply/label");
  expect(found).toEqual(
    Array(2).fill(expect.stringMatching(/^base\/kustomization.yaml:2 error Flux writes .* \| Remove managedByLabel /)),
  );
  expect(await adviceIn({ ...files, "cluster/sync.yaml": configMap("none") }, "apply/label")).toEqual([]);
});

/** A Flux Kustomization of this repository. @param field one more field of its spec */
function fluxOf(path: string, field = "wait: true"): string {
  return `---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${path.replace("/", "-")}, namespace: flux-system }
spec:
  interval: 1h
  prune: true
  path: ./${path}
  sourceRef: { kind: GitRepository, name: flux-system }
  ${field}
`;
}
