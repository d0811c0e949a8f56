import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import type { Target } from "../../tools/core/resource.ts";
import { discover, discoverAll } from "../../tools/load/discover.ts";
import { filesIn, manifestFiles } from "../../tools/load/manifest-targets.ts";
import { configMap, type Leaf, tree } from "./tree.ts";

function found(files: Readonly<Record<string, Leaf>>, ...paths: string[]): string[] {
  return discover(paths, { cwd: tree(files) }).map(({ kind, path }) => `${kind} ${path}`);
}

const uses = (...paths: string[]) => `resources: [${paths}]\n`;
const component = "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n";
const cm = configMap("a");
const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";

describe("kustomizations", () => {
  test.each<[string, Readonly<Record<string, Leaf>>, string[], string[]]>([
    ["a folder", { "a/kustomization.yaml": uses("x.yaml") }, ["a"], ["kustomization a"]],
    ["the working directory", { "kustomization.yaml": uses("x.yaml") }, ["."], ["kustomization ."]],
    ["a path with a slash and dots", { "a/kustomization.yaml": "" }, ["./b/../a/"], ["kustomization a"]],
    [
      "one inside another is ignored",
      { "a/kustomization.yaml": "", "a/b/kustomization.yaml": "" },
      ["a"],
      ["kustomization a"],
    ],
    [
      "all three names",
      { "a/kustomization.yaml": "", "b/kustomization.yml": "", "c/Kustomization": "" },
      ["."],
      ["kustomization a", "kustomization b", "kustomization c"],
    ],
    ["a path of a file", { "a/kustomization.yml": "" }, ["a/kustomization.yml"], ["kustomization a"]],
    [
      "bases of others are not targets",
      {
        "base/kustomization.yaml": "",
        "o/dev/kustomization.yaml": uses("../../base"),
        "o/prod/kustomization.yaml": uses("../dev/"),
      },
      ["."],
      ["kustomization o/prod"],
    ],
    [
      "components are not targets",
      { "c/kustomization.yaml": component, "o/kustomization.yaml": "" },
      ["."],
      ["kustomization o"],
    ],
    [
      "bases of components are not targets",
      {
        "c/kustomization.yaml": `${component}${uses("../b")}`,
        "b/kustomization.yaml": "",
        "o/kustomization.yaml": "components: [../c]",
      },
      ["."],
      ["kustomization o"],
    ],
    [
      "used by bases, transformers and generators",
      {
        "a/kustomization.yaml": "bases: [../b]\ntransformers: [../t]\ngenerators: [../g]\n",
        "b/kustomization.yaml": "",
        "t/kustomization.yaml": "",
        "g/kustomization.yaml": "",
      },
      ["."],
      ["kustomization a"],
    ],
    [
      "used by a field in another case",
      { "a/kustomization.yaml": "Resources: [../b]\n", "b/kustomization.yaml": "" },
      ["."],
      ["kustomization a"],
    ],
    [
      "used through a symlink",
      { "a/kustomization.yaml": uses("../link"), "b/kustomization.yaml": "", link: { link: "b" } },
      ["."],
      ["kustomization a"],
    ],
    [
      "one that does not parse",
      { "a/kustomization.yaml": "resources: [", "b/kustomization.yaml": "" },
      ["."],
      ["kustomization a", "kustomization b"],
    ],
    [
      "a cycle is found once",
      {
        "a/kustomization.yaml": uses("../b"),
        "b/kustomization.yaml": uses("../c"),
        "c/kustomization.yaml": uses("../b"),
      },
      ["."],
      ["kustomization a"],
    ],
    [
      "a cycle without a user",
      { "a/kustomization.yaml": uses("../b"), "b/kustomization.yaml": uses("../a") },
      ["."],
      ["kustomization a"],
    ],
    ["one that uses itself", { "a/kustomization.yaml": uses(".") }, ["."], ["kustomization a"]],
    [
      "duplicates are removed, and the rest is sorted",
      { "b/kustomization.yaml": "", "a/kustomization.yaml": "" },
      ["b", "a", "./b"],
      ["kustomization a", "kustomization b"],
    ],
    [
      "ignored folders",
      {
        "a/kustomization.yaml": "",
        "node_modules/x/kustomization.yaml": "",
        ".git/kustomization.yaml": "",
        ".x/kustomization.yaml": "",
      },
      ["."],
      ["kustomization a"],
    ],
    [
      "symlinks to folders are not followed",
      { "a/kustomization.yaml": "", loop: { link: "." } },
      ["."],
      ["kustomization a"],
    ],
    [
      "a folder of that name is not a kustomization",
      { "a/kustomization.yaml/x": "", "b/kustomization.yaml": "" },
      ["."],
      ["kustomization b"],
    ],
  ])("%s", (_, files, paths, expected) => {
    expect(found(files, ...paths)).toEqual(expected);
  });
});

describe("manifests", () => {
  test.each<[string, Readonly<Record<string, Leaf>>, string[], string[]]>([
    ["a file", { "a.yaml": cm }, ["a.yaml"], ["manifests a.yaml"]],
    ["a file with any content", { "a.txt": "hello" }, ["a.txt"], ["manifests a.txt"]],
    ["standard input", {}, ["-"], ["stdin -"]],
    ["a folder", { "m/a.yaml": cm, "m/x/b.json": "{}" }, ["m"], ["manifests m"]],
    ["a folder of folders", { "m/x/a.yaml": cm, "m/y/b.yml": cm }, ["m"], ["manifests m"]],
    [
      "next to kustomizations",
      { "o/kustomization.yaml": "", "m/x/a.yaml": cm, "m/y/b.yaml": cm },
      ["."],
      ["manifests m", "kustomization o"],
    ],
    [
      "not inside a kustomization",
      { "o/k/kustomization.yaml": uses("m/a.yaml"), "o/k/m/a.yaml": cm },
      ["o"],
      ["kustomization o/k"],
    ],
    [
      "not other YAML and JSON",
      {
        "o/kustomization.yaml": "",
        "docs/mkdocs.yml": "site: x",
        "package.json": "{}",
        "values.yaml": "controller:\n  kind: DaemonSet\n",
        "grafana/sources.yaml": "apiVersion: 1 # of the format\ndatasources: []\n",
      },
      ["."],
      ["kustomization o"],
    ],
    [
      "a broken manifest counts",
      { "m/a.yaml": "apiVersion: v1\nkind: [", "o/kustomization.yaml": "" },
      ["."],
      ["manifests m", "kustomization o"],
    ],
    [
      "a broken manifest counts, even if it does not look like one",
      {
        "m/a.yaml": "apiVersion v1\nkind ConfigMap\nmetadata:\n  name: a\n",
        "n/a.yaml": "apiversion: v1\nkindd: ConfigMap\nmetadata:\n  name: a\n",
        "n/b.json": '{"apiVerson": "v1", "knd": "ConfigMap", "metadata": {"name": "b"}}',
        "o/kustomization.yaml": "",
        "p/q/kustomization.yaml": "",
        "p/loose.yaml": "apiversion: v1\nkindd: ConfigMap\nmetadata:\n  name: a\n",
        "docs/mkdocs.yml": "site: [\n",
        "docs/values.yaml": "metadata: [\n",
        "docs/template.yaml": "metadata: {name: @NAME@}\n",
        "docs/data.yaml": "metadata: {name: a}\nkinds: [a]\n",
      },
      ["."],
      ["manifests m", "manifests n", "kustomization o", "manifests p/loose.yaml", "kustomization p/q"],
    ],
    [
      "not a program's settings or hidden files",
      {
        "skaffold.yaml": "apiVersion: skaffold/v4beta13\nkind: Config\n",
        "kind/cluster.yaml": "# Of the tests\nkind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n",
        "kubeconfig.yaml": "apiVersion: v1\nkind: Config\ncurrent-context: a\n",
        "charts/index.yaml": "apiVersion: v1\nentries:\n  web:\n    - apiVersion: v2\n      kind: application\n",
        ".checks.yml": "apiVersion: checks.example.com/v1\nkind: Config\n",
        "o/kustomization.yaml": "",
        "mixed.yaml": `${cm}\n---\napiVersion: skaffold/v4beta13\nkind: Config\n`,
      },
      ["."],
      ["manifests mixed.yaml", "kustomization o"],
    ],
    [
      "not templates",
      {
        "o/kustomization.yaml": "",
        "app.ftl.yaml": cm,
        "roles/dns/templates/a.yaml": cm,
        "roles/dns/files/b.yaml": cm,
        "c.yaml": `{{- if .Values.on }}\n${manifest}{{- end }}\n`,
        "d.yaml": `${manifest}data:\n  {% for a in b %}\n  {{ a }}: b\n  {% endfor %}\n`,
        "text.yaml": `${manifest}data:\n  a: |\n    {{- if .b }}\n    {{- end }}\n`,
        "slip.yaml": `${manifest}data:\n  a: {{ b }}\n`,
      },
      ["."],
      ["kustomization o", "manifests roles", "manifests slip.yaml", "manifests text.yaml"],
    ],
    [
      "neither what a Chainsaw test applies and expects, nor what a KUTTL test expects",
      {
        "chainsaw/a/chainsaw-test.yaml": "apiVersion: chainsaw.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: a}\n",
        "chainsaw/a/web.yaml": cm,
        "kuttl/a/00-install.yaml": cm,
        "kuttl/a/00-assert.yaml": cm,
        "asserts/b/01-errors.yaml": cm,
        "o/kustomization.yaml": "",
      },
      ["."],
      ["manifests kuttl", "kustomization o"],
    ],
    [
      "each cluster of a fleet",
      {
        "fleet/clusters/staging/apps.yaml": cm,
        "fleet/clusters/production/apps.yaml": cm,
        "fleet/clusters/production/flux-system/sync.yaml": cm,
        "fleet/tenants/a/role.yaml": cm,
        "fleet/tenants/b/role.yaml": cm,
      },
      ["."],
      ["manifests fleet/clusters/production", "manifests fleet/clusters/staging", "manifests fleet/tenants"],
    ],
    [
      "not files that a kustomization elsewhere uses",
      {
        "apps/base/kustomization.yaml": uses("../web/web.yaml", "../../rbac"),
        "apps/prod/kustomization.yaml": `${uses("../base")}patches: [{path: ../web/prod.yaml}]`,
        "apps/web/web.yaml": cm,
        "apps/web/prod.yaml": cm,
        "apps/jobs/used.yaml": cm,
        "apps/jobs/other.yaml": cm,
        "apps/jobs/more/a.yaml": cm,
        "apps/jobs/kustomization/kustomization.yaml": uses("../used.yaml"),
        "rbac/role.yaml": cm,
      },
      ["."],
      [
        "kustomization apps/jobs/kustomization",
        "manifests apps/jobs/more",
        "manifests apps/jobs/other.yaml",
        "kustomization apps/prod",
        "manifests rbac",
      ],
    ],
    [
      "below a kustomization without anything of its own",
      {
        "k/kustomization.yaml": "kind: Kustomization\nmetadata: {name: all}\nresources: []\n",
        "k/beside.yaml": cm,
        "k/clusters/one/entry.yaml": cm,
        "k/clusters/one/apps/kustomization.yaml": uses("a.yaml"),
        "k/clusters/one/apps/a.yaml": cm,
        "k/clusters/one/apps/more/b.yaml": cm,
        "broken/kustomization.yaml": "resources: [",
        "broken/more/b.yaml": cm,
      },
      ["."],
      [
        "kustomization broken",
        "kustomization k",
        "kustomization k/clusters/one/apps",
        "manifests k/clusters/one/entry.yaml",
      ],
    ],
    [
      "one cluster",
      { "fleet/clusters/production/apps.yaml": cm, "fleet/clusters/readme/notes.yaml": "a: 1", "fleet/b/a.yaml": cm },
      ["fleet"],
      ["manifests fleet"],
    ],
    [
      "not a Helm chart",
      {
        "chart/Chart.yaml": "apiVersion: v2",
        "chart/templates/a.yaml": cm,
        "m/a.yaml": cm,
        "o/kustomization.yaml": "",
      },
      ["."],
      ["manifests m", "kustomization o"],
    ],
  ])("%s", (_, files, paths, expected) => {
    expect(found(files, ...paths)).toEqual(expected);
  });

  test("the files of a folder", () => {
    const cwd = tree({
      "m/b.yaml": cm,
      "m/a/c.yml": cm,
      "m/a/values.yaml": "x: 1",
      "m/d.JSON": '{"kind":"X"}',
      "m/.e.yaml": cm,
      "m/f.md": cm,
      "m/g.yaml": "\uFEFF# Indented\n---\n  kind: ConfigMap\n",
    });
    const files = manifestFiles({ kind: "manifests", path: "m" }, { cwd });
    expect(files).toEqual(
      ["m/.e.yaml", "m/a/c.yml", "m/b.yaml", "m/d.JSON", "m/g.yaml"].map((path) => join(cwd, path)),
    );
  });
});

/** Files that look like manifests but are not for an API server. */
const settings: readonly string[] = [
  "apiVersion: k3d.io/v1alpha5\nkind: Simple\nmetadata: {name: dev}\n",
  "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nkubeadmConfigPatches:\n  - |\n    apiVersion: v1\n    kind: X\n",
  "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
  '{"apiVersion": "tanka.dev/v1alpha1", "kind": "Environment", "metadata": {"name": "environments/default"}}',
  "# A cluster of Omni\nkind: Cluster\nname: a\npatches:\n  - inline: {apiVersion: v1alpha1, kind: X}\n---\nkind: Workers\n",
  "apiVersion: v1alpha1\nkind: ExtensionServiceConfig\nname: a\n",
  "apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n",
  "apiVersion: v1\nbaseDomain: example.com\nmetadata:\n  name: a\nplatform: {none: {}}\n",
  "apiVersion: v1beta1\nkind: AgentConfig\nmetadata:\n  name: a\n",
  "kind: ImageSetConfiguration\napiVersion: mirror.openshift.io/v2alpha1\n",
  "apiVersion: client.authentication.k8s.io/v1\nkind: ExecCredential\n",
  "apiVersion: krew.googlecontainertools.github.com/v1alpha2\nkind: Plugin\nmetadata: {name: a}\n",
  "apiVersion: kapp.k14s.io/v1alpha1\nkind: Config\n",
  "apiVersion: score.dev/v1b1\nmetadata:\n  name: web\ncontainers:\n  web:\n    image: example.com/web:1.4.2\n",
  "apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\nmetadata: {name: a}\n",
  "apiVersion: clusterctl.cluster.x-k8s.io/v1alpha3\nkind: Metadata\nreleaseSeries: []\n",
  'version: "1.0"\nkind: pipeline\nmetadata: {name: a}\nspec: {}\n',
];

test.each(settings)("settings of a program: %j", (text) => {
  const files = { "m/a.yaml": text, "m/b.yaml": manifest };
  const cwd = tree(files);
  const [target] = discover(["."], { cwd });
  expect(target).toEqual({ path: ".", kind: "manifests", found: true });
  expect(filesIn(target as Target, { cwd })).toEqual({
    manifests: [join(cwd, "m/b.yaml")],
    others: [join(cwd, "m/a.yaml")],
    jsonnet: [],
  });
  // A folder that is named explicitly is used completely.
  const named = discover([".", "m"], { cwd }).filter(({ path }) => path === "m");
  expect(named.map((one) => manifestFiles(one, { cwd }).length)).toEqual([2]);
});

test("what a test expects is not a manifest of a folder that was found", () => {
  const cwd = tree({ "m/a/00-install.yaml": manifest, "m/a/00-assert.yaml": manifest, "m/a/01-errors.yaml": manifest });
  const [target] = discover(["."], { cwd });
  expect(manifestFiles(target as Target, { cwd })).toEqual([join(cwd, "m/a/00-install.yaml")]);
});

test.each([
  ["without an apiVersion", "kind: ConfigMap\nmetadata: {name: a}\n"],
  ["with an unknown apiVersion", "apiVersion: v1beta1\nkind: ConfigMap\nmetadata: {name: a}\n"],
  ["that is a List", "apiVersion: v1\nkind: List\nitems: []\n"],
  ["with embedded settings", `${manifest}data:\n  a: |\n    ---\n    apiVersion: skaffold/v4\n`],
  ["in flow style", "{kind: ConfigMap, apiVersion: v1, metadata: {name: a}}\n"],
  [
    "of an object that clusterctl creates",
    "apiVersion: clusterctl.cluster.x-k8s.io/v1alpha3\nkind: Provider\nmetadata: {name: a}\n",
  ],
  ["with a kind in lower case", "apiVersion: v1\nkind: configmap\nmetadata: {name: a}\n"],
  ["in JSON", '{"metadata": {"name": "a"}, "apiVersion": "v1", "kind": "ConfigMap"}'],
])("a manifest %s is recognised", (_, text) => {
  expect(found({ "a.yaml": text, "o/kustomization.yaml": "" }, ".")).toEqual(["manifests a.yaml", "kustomization o"]);
});

test.each([
  ["a comment", "#".repeat(70_000)],
  ["comments", "#\n".repeat(40_000)],
  ["empty lines", "\n".repeat(70_000)],
  ["another document", `a: 1\n${"#".repeat(70_000)}\n---`],
])("a manifest behind %s longer than the part that is read first is recognised", (_, before) => {
  expect(found({ "m/a.yaml": cm, "m/b.yaml": `${before}\n${manifest}` }, "m")).toEqual(["manifests m"]);
  const cwd = tree({ "m/a.yaml": cm, "m/b.yaml": `${before}\n${manifest}` });
  expect(manifestFiles({ kind: "manifests", path: "m" }, { cwd })).toHaveLength(2);
});

test("JSON with a manifest only inside it is not a manifest", () => {
  const data = '{"items": [{"pod": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}}]}';
  const cwd = tree({ "m/data.json": data, "m/b.yaml": manifest });
  expect(filesIn({ path: "m", kind: "manifests", found: true }, { cwd })).toMatchObject({
    manifests: [join(cwd, "m/b.yaml")],
    others: [],
  });
});

test.each([
  ["a schema", { definitions: { kind: {}, apiVersion: {} }, rest: "x".repeat(70_000) }, false],
  [
    "a schema with strings that look like a manifest",
    { a: '"kind": {[', b: "\\", c: [{ kind: 1 }], d: "x".repeat(70_000) },
    false,
  ],
  ["a manifest", { kind: "ConfigMap", apiVersion: "v1", data: { a: "x".repeat(70_000) } }, true],
  [
    "a manifest with its kind at the end",
    { data: { kind: 1, a: "x".repeat(70_000) }, kind: "ConfigMap", apiVersion: "v1" },
    true,
  ],
])("%s in JSON longer than the part that is read first", (_, object, isOne) => {
  const cwd = tree({ "m/data.json": JSON.stringify(object, null, 2), "m/b.yaml": manifest });
  const { manifests } = filesIn({ path: "m", kind: "manifests", found: true }, { cwd });
  expect(manifests.includes(join(cwd, "m/data.json"))).toBe(isOne);
});

describe("a file that was probably meant as a manifest", () => {
  const broken = "foo: [\n";
  const namedFiles = (files: Readonly<Record<string, string>>) => {
    const cwd = tree(files);
    return manifestFiles({ path: "m", kind: "manifests" }, { cwd }).map((path) => relative(cwd, path));
  };

  test.each([
    ["does not parse", "a.yaml", broken],
    ["is badly indented", "a.yml", "data:\n  a: b\n c: d\n"],
    ["does not parse in its second document", "a.yaml", "a: 1\n---\nfoo: [\n"],
    ["misspells both keys", "a.yaml", "apiversion: v1\nkynd: ConfigMap\nmetadata: {name: a}\n"],
    ["misspells one key and lacks the other", "a.yaml", "apiVerison: apps/v1\nmetadata: {name: a}\n"],
    ["misspells both keys in a later document", "a.yaml", "a: 1\n---\nApiVersion: v1\nKind: Pod\nmetadata: {}\n"],
    ["misspells both keys in JSON", "a.json", '{"apiversion": "v1", "Kind": "Pod", "metadata": {"name": "a"}}'],
    ["is broken in a line without a placeholder", "a.yaml", "a: $(A)\n\n\nb: [\n"],
  ])("%s", (_, name, text) => {
    expect(namedFiles({ "m/ok.yaml": cm, [`m/sub/${name}`]: text })).toEqual(["m/ok.yaml", `m/sub/${name}`]);
  });

  test.each([
    ["without a mistake", "a.yaml", "foo: []\n"],
    ["without metadata", "a.yaml", "apiversion: v1\nkynd: ConfigMap\n"],
    ["with metadata and other keys", "a.yaml", "metadata: {}\nversion: v1\nfind: all\nkinds: [Pod]\nbind: ::1\n"],
    ["with metadata that is not a mapping", "a.yaml", "apiversion: v1\nmetadata: a\n"],
    ["in Go's or Jinja's template language", "a.yaml", "{{ range .A }}\nfoo: [\n{{ end }}\n"],
    ["in Jinja's template language", "a.yaml", "{% if a %}\nfoo: 1\n{% endif %}\n"],
    ["with a placeholder where it does not parse", "a.yaml", "a: @NAME@\n"],
    ["with a placeholder of another kind where it does not parse", "a.yaml", "a: b\n$(MORE)\n"],
    ["in JSON that does not parse", "a.json", '{"a": 1,}'],
    ["in JSON with comments", "tsconfig.json", '// a\n{"compilerOptions": {}}'],
    ["in the values of a chart", "values.yaml", broken],
    ["in other values of a chart", "redis-values.yml", broken],
    ["for Compose", "docker-compose.dev.yml", broken],
    ["in a hidden file", ".a.yaml", broken],
    ["in a template by its name", "a.tpl.yaml", broken],
    ["that is not UTF-8", "a.yaml", "\0GITCRYPT\0["],
  ])("is not one %s", (_, name, text) => {
    expect(namedFiles({ "m/ok.yaml": cm, [`m/${name}`]: text })).toEqual(["m/ok.yaml"]);
  });

  test("counts only next to manifests in a folder that was found", () => {
    const cwd = tree({ "a/ok.yaml": cm, "a/new.yaml": broken, "b/new.yaml": broken, "c.yaml": broken });
    const [target] = discover(["."], { cwd });
    expect(filesIn(target as Target, { cwd })).toMatchObject({
      manifests: [join(cwd, "a/new.yaml"), join(cwd, "a/ok.yaml")],
      others: [],
    });
  });

  test("is a target next to manifests that are targets", () => {
    const files = { "k/kustomization.yaml": "", "a.yaml": cm, "new.yaml": broken, "l/x.yaml": broken };
    expect(found(files, ".")).toEqual(["manifests a.yaml", "kustomization k", "manifests new.yaml"]);
    expect(found({ "k/kustomization.yaml": "", "new.yaml": broken }, ".")).toEqual(["kustomization k"]);
  });

  test("suffices in a folder that is named", () => {
    expect(found({ "m/new.yaml": broken }, "m")).toEqual(["manifests m"]);
    expect(() => found({ "m/new.yaml": broken }, ".")).toThrow("contains no kustomization and no manifests");
  });
});

test("the top of a repository is searched, not named explicitly", () => {
  const cwd = tree({ "r/.git/": "", "r/a.yaml": manifest, "r/x/b.yaml": manifest });
  const all = (...paths: string[]) => discover(paths, { cwd });
  expect(all("r")).toEqual([{ path: "r", kind: "manifests", found: true }]);
  expect(all("r/x")).toEqual([{ path: "r/x", kind: "manifests" }]);
});

test.each<[string, Readonly<Record<string, Leaf>>, string[]]>([
  [
    "next to targets",
    { "m/a.yaml": cm, "charts/b/Chart.yaml": "", "charts/a/Chart.yaml": "" },
    ["charts/a", "charts/b"],
  ],
  ["not inside another chart", { "a.yaml": cm, "c/Chart.yaml": "", "c/charts/d/Chart.yaml": "" }, ["c"]],
  ["also next to a kustomization", { "c/Chart.yaml": "", "c/kustomization.yaml": "" }, ["c"]],
  ["not in hidden folders", { "a.yaml": cm, ".x/c/Chart.yaml": "", "vendor/c/Chart.yaml": "" }, []],
  [
    "not what a kustomization inflates",
    {
      "o/kustomization.yaml": "HelmCharts: [{name: a}, {name: z, repo: https://charts.example.com}]\n",
      "o/charts/a/Chart.yaml": "",
      "o/charts/b/Chart.yaml": "",
      "p/kustomization.yaml": "helmGlobals: {chartHome: ../lib}\nhelmCharts: [{name: c}]\n",
      "lib/c/Chart.yaml": "",
    },
    ["o/charts/b"],
  ],
])("charts: %s", (_, files, expected) => {
  expect(discoverAll(["."], { cwd: tree(files) }).charts).toEqual(expected);
});

test("a folder can be excluded from the search and from a folder of manifests", () => {
  const cwd = tree({ "m/a.yaml": cm, "m/out/b.yaml": cm, "o/kustomization.yaml": "", "out/c/d.yaml": cm });
  const found = (except: string) => discover(["."], { cwd, except: join(cwd, except) }).map(({ path }) => path);
  expect(found("out")).toEqual(["m", "o"]);
  expect(filesIn({ path: "m", kind: "manifests" }, { cwd, except: join(cwd, "m/out") }).manifests).toEqual([
    join(cwd, "m/a.yaml"),
  ]);
  expect(discover(["out"], { cwd, except: join(cwd, "out") })).toEqual([{ path: "out", kind: "manifests" }]);
});

test.each<[string, Readonly<Record<string, Leaf>>, string[], string[]]>([
  [
    "to a folder that is not found otherwise",
    { "o/a/kustomization.yaml": "", "o/b": { link: "../x" }, "x/kustomization.yaml": "" },
    ["o"],
    ["o/b"],
  ],
  ["in folders of manifests", { "m/a.yaml": cm, "m/b/c": { link: "../../x" }, "x/b.yaml": cm }, ["m"], ["m/b/c"]],
  [
    "not to a folder that is searched anyway",
    {
      "o/a/kustomization.yaml": "",
      "o/b": { link: "a" },
      "o/c": { link: "." },
      "o/d": { link: "../x/y" },
      "x/y/a.yaml": cm,
    },
    ["o", "x"],
    [],
  ],
  [
    "not to a folder that is named",
    { "o/a/kustomization.yaml": "", "o/b": { link: "../x" }, "x/kustomization.yaml": "" },
    ["o", "o/b"],
    [],
  ],
  [
    "not to a folder that a kustomization uses",
    {
      "o/a/kustomization.yaml": uses("base", "../../y"),
      "o/a/base": { link: "../../x" },
      "o/b": { link: "../y" },
      "x/kustomization.yaml": "",
      "y/kustomization.yaml": "",
    },
    ["o"],
    [],
  ],
  [
    "not in place of an ignored folder, and not to a file or to nothing",
    {
      "o/a.yaml": cm,
      "o/.b": { link: "../x" },
      "o/vendor": { link: "../x" },
      "o/c.yaml": { link: "../x/a.yaml" },
      "o/d": { link: "gone" },
      "o/chart/Chart.yaml": "",
      "o/chart/e": { link: "../../x" },
      "x/a.yaml": cm,
    },
    ["o"],
    [],
  ],
])("symlinks: %s", (_, files, paths, expected) => {
  expect(discoverAll(paths, { cwd: tree(files) }).links).toEqual(expected);
});

test("templates are listed unless the files next to them are a target", () => {
  const template = `${manifest}data:\n  {% if a %}\n  b: c\n  {% endif %}\n`;
  const all = { "r/a.yaml": template, "r/x/values.ftl.yaml": "b: c\n", "b.yaml": template, "m/c.yaml": template };
  const cwd = tree({ ...all, "m/d.yaml": cm, "o/kustomization.yaml": "", "o/e.yaml": template });
  expect(discoverAll(["."], { cwd }).templates).toEqual(["b.yaml", "r/a.yaml"]);
});

test("Jsonnet files are listed, also next to the manifests of a target", () => {
  const all = {
    "m/a.yaml": cm,
    "m/b.jsonnet": "{}",
    "m/lib.libsonnet": "{}",
    "m/.c.jsonnet": "{}",
    "n/d.jsonnet": "{}",
  };
  const cwd = tree({
    ...all,
    "o/kustomization.yaml": "",
    "o/e.jsonnet": "{}",
    "c/Chart.yaml": "",
    "c/f.jsonnet": "{}",
  });
  expect(discoverAll(["."], { cwd }).templates).toEqual(["m/b.jsonnet", "n/d.jsonnet"]);
  expect(discoverAll(["m"], { cwd }).templates).toEqual(["m/b.jsonnet"]);
  expect(filesIn({ path: "m", kind: "manifests" }, { cwd }).jsonnet).toEqual([join(cwd, "m/b.jsonnet")]);
});

test("submodules are listed if they are not checked out", () => {
  const modules = ["m/out", "m/in", "m/.hidden", "elsewhere"].map(
    (path) => `[submodule "${path}"]\n\tpath = ${path}\n\turl = https://example.com/a.git\n`,
  );
  const folders = { "m/out/": "", "m/in/a.yaml": cm, "m/.hidden/": "", "elsewhere/": "", "m/empty/": "" };
  const cwd = tree({ ".git/": "", ".gitmodules": modules.join(""), ...folders });
  expect(discoverAll(["m"], { cwd }).submodules).toEqual(["m/out"]);
  expect(discoverAll(["."], { cwd }).submodules).toEqual(["elsewhere", "m/out"]);
  expect(() => discoverAll(["elsewhere"], { cwd })).toThrow(
    /1 submodule is not checked out and not checked: elsewhere/,
  );
});

describe("nothing to judge", () => {
  test.each<[string, Readonly<Record<string, Leaf>>, string, RegExp]>([
    ["a missing path", {}, "nowhere/x", /^nowhere\/x does not exist/],
    ["a dangling symlink", { x: { link: "gone" } }, "x", /^x is a symbolic link to gone, which does not exist$/],
    ["an empty folder", { "e/": "" }, "e", /^e contains no kustomization and no manifests/],
    ["a folder of other things", { "e/README.md": "" }, "e", /^e contains no/],
    ["only components", { "c/kustomization.yaml": component }, "c/..", /only Components/],
    ["a chart", { "c/Chart.yaml": "apiVersion: v2" }, "c", /helm template/],
    ["only charts", { "c/a/Chart.yaml": "" }, "c", /^c contains no.*: 1 Helm chart is not.*helm template NAME c\/a \|/],
    [
      "only templates",
      { "t/a.ftl.yaml": cm },
      "t",
      /^t contains no.*: 1 template is not filled in and not checked: t\/a/,
    ],
    [
      "only Jsonnet",
      { "j/a.jsonnet": "{}" },
      "j",
      /^j contains no.*: 1 Jsonnet file is not evaluated and not checked: j\/a\.jsonnet\..*jsonnet j\/a\.jsonnet \|/,
    ],
    [
      "only symlinks",
      { "l/a": { link: "../x" }, "x/a.yaml": cm },
      "l",
      /^l contains no.*: 1 link to a folder is not followed: l\/a\..*gitops check l\/a$/,
    ],
    ["an empty path", {}, "", /contains no/],
  ])("%s", (_, files, path, message) => {
    expect(() => found(files, path)).toThrow(message);
  });
});
