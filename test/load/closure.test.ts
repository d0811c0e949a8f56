import { relative } from "node:path";
import { describe, expect, test } from "vitest";
import { closure } from "../../tools/load/closure.ts";
import { configMap, type Leaf, tree } from "./tree.ts";

const cm = configMap("a");

function walk(files: Readonly<Record<string, Leaf>>, path = "o") {
  const cwd = tree(files);
  const found = closure({ path, kind: "kustomization" }, { cwd });
  return { ...found, files: found.files.map((file) => relative(cwd, file)) };
}

/** `rule file:line:column message` of each problem. */
function problems(files: Readonly<Record<string, Leaf>>, path?: string): string[] {
  return walk(files, path).problems.map((problem) => {
    const { rule, file, line, column, message } = problem;
    return `${rule} ${file}:${line}:${column} ${message}`;
  });
}

test("the closure has every local file", () => {
  const { files, problems, unknownFields } = walk({
    "o/kustomization.yaml": `
resources: [a.yaml, ../base, sub/]
components: [../comp]
patches: [{path: p1.yaml}, {patch: "{}", target: {kind: X}}]
patchesStrategicMerge:
- p2.yaml
- |-
  apiVersion: v1
patchesJson6902: [{target: {kind: X}, path: p3.json}]
configMapGenerator: [{name: g, files: [f1, k=f2.txt], envs: [e1.env], env: e2.env, literals: [a=../x]}]
secretGenerator: [{name: s, files: [s1]}]
configurations: [c.yaml]
crds: [crd.json]
openapi: {path: schema.json}
replacements: [{path: r.yaml}, {source: {kind: X}}]
generators: [gen.yaml]
transformers:
- |-
  {apiVersion: builtin, kind: PatchTransformer, metadata: {name: t}, path: tp.yaml}
validators: [val]
`,
    ...Object.fromEntries(
      "a.yaml p1.yaml p2.yaml p3.json f1 f2.txt e1.env e2.env s1 c.yaml crd.json schema.json r.yaml tp.yaml g.txt"
        .split(" ")
        .map((name) => [`o/${name}`, cm]),
    ),
    "o/gen.yaml": "{apiVersion: builtin, kind: ConfigMapGenerator, metadata: {name: g}, files: [x=g.txt]}",
    "o/val/kustomization.yml": "resources: [v.yaml]",
    "o/val/v.yaml": "{apiVersion: builtin, kind: LabelTransformer, metadata: {name: v}}",
    "o/sub/Kustomization": "resources: [b.yaml]",
    "o/sub/b.yaml": cm,
    "base/kustomization.yaml": "bases: [../deeper]",
    "deeper/kustomization.yaml": "resources: [d.yaml]",
    "deeper/d.yaml": cm,
    "comp/kustomization.yaml": "kind: Component\nresources: [e.yaml]",
    "comp/e.yaml": cm,
    "unused.yaml": cm,
  });
  expect([problems, unknownFields]).toEqual([[], []]);
  const own =
    "a.yaml p1.yaml p2.yaml p3.json f1 f2.txt e1.env e2.env s1 c.yaml crd.json schema.json r.yaml tp.yaml g.txt";
  expect(files).toEqual(
    [
      ...`${own} gen.yaml val/kustomization.yml val/v.yaml sub/Kustomization sub/b.yaml kustomization.yaml`
        .split(" ")
        .map((name) => `o/${name}`),
      ..."base/kustomization.yaml deeper/kustomization.yaml deeper/d.yaml comp/kustomization.yaml comp/e.yaml".split(
        " ",
      ),
    ].sort(),
  );
});

test("a string in patches is a path, as in kustomize 4, or a patch", () => {
  const { files, problems } = walk({
    "o/kustomization.yaml": `resources: [a.yaml]\npatches: [p.yaml, '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}']`,
    "o/a.yaml": cm,
    "o/p.yaml": cm,
  });
  expect([files, problems]).toEqual([["o/a.yaml", "o/kustomization.yaml", "o/p.yaml"], []]);
});

test("a file behind a symlink is listed under both names", () => {
  const { files, problems } = walk({
    "o/kustomization.yaml": "resources: [l.yaml]",
    "o/l.yaml": { link: "../x/a.yaml" },
    "x/a.yaml": cm,
  });
  expect(problems).toEqual([]);
  expect(files).toEqual(["o/kustomization.yaml", "o/l.yaml", "x/a.yaml"]);
});

test("unknown fields are listed, so that a cache knows that the closure may be incomplete", () => {
  const { unknownFields } = walk({
    "o/kustomization.yaml": "resources: [../b]\nfutureFiles: [x]",
    "b/kustomization.yaml": "somethingNew: 1",
  });
  expect(unknownFields).toEqual(["o/kustomization.yaml: futureFiles", "b/kustomization.yaml: somethingNew"]);
});

test.each<[string, string, string[]]>([
  ["labels: [{pairs: {a: b}, includeTemplates: true}]", "", ["labels.includeTemplates"]],
  ["sortOptions: {order: fifo}", "", ["sortOptions"]],
  ["images: [{name: x, tagSuffix: y}]", "", ["images.tagSuffix"]],
  ["replacements: [{sourceValue: x, targets: []}]", "", ["replacements.sourceValue"]],
  ["labels: [{pairs: {a: b}, includeSelectors: true}]\nimages: [{name: x, newTag: y}]", "", []],
  [
    "transformers: [x.yaml]",
    "{apiVersion: builtin, kind: ImageTagTransformer, imageTag: {tagSuffix: x}}",
    ["imageTag.tagSuffix"],
  ],
  ["transformers: [x.yaml]", "{apiVersion: builtin, kind: SortOrderTransformer}", ["SortOrderTransformer"]],
])("%s needs kustomize 5: %s%j", (text, file, expected) => {
  const { modern } = walk({ "o/kustomization.yaml": text, "o/x.yaml": file });
  expect(modern.map((field) => field.replace(/^.*: /, ""))).toEqual(expected);
});

describe("remote entries are not fetched", () => {
  test.each([
    "https://example.com/a.yaml",
    "http://example.com/a.yaml",
    "github.com/kubernetes-sigs/kustomize/examples/helloWorld?ref=v1.0.6",
    "https://github.com/a/b.git//c?ref=main",
    "git@github.com:a/b.git",
    "git@example.com:a/b",
    "ssh://git@example.com/a/b",
    "git::https://example.com/a",
    "file:///etc",
    "gitlab.com/a/b",
    "bitbucket.org/a/b",
    "dev.azure.com/o/p/_git/r",
    "example.com:a/b.git",
    "../x.git//sub",
    "../base?ref=main",
    "s3::https://s3.amazonaws.com/a",
    "//host/share",
    "example.org/a/b//c",
    "'https://example.com/a?x: y'",
  ])("%s", (path) => {
    for (const field of [
      "resources",
      "bases",
      "components",
      "Resources",
      "RESOURCES",
      "reſources",
      "crds",
      "generators",
    ]) {
      expect(problems({ "o/kustomization.yaml": `${field}:\n- ${path}\n` })).toEqual([
        expect.stringContaining("gitops/remote-base o/kustomization.yaml:2:3 "),
      ]);
    }
    expect(problems({ "o/kustomization.yaml": `patches:\n- path: ${path}\n` })).toEqual([
      expect.stringContaining("gitops/remote-base o/kustomization.yaml:2:3 "),
    ]);
  });

  test.each(["./a.yaml", "../b", "a-b_c.d/e.yaml", "v1.2/x.yaml", "git/x.yaml", "a.github.com.yaml"])(
    "%s is local",
    (path) => {
      expect(problems({ "o/kustomization.yaml": `resources:\n- ${path}\n` })).toEqual([
        expect.stringContaining("does not exist"),
      ]);
    },
  );

  test.each([
    ["github.com/a/b//c?ref=HASH", true],
    ["https://github.com/a/b.git//c?timeout=90&ref=HASH", true],
    ["https://raw.githubusercontent.com/a/b/HASH/config/crd.yaml", true],
    ["https://gitlab.com/a/b/-/raw/HASH/crd.yaml", true],
    ["https://raw.githubusercontent.com/a/b/v1.0.0/config/crd.yaml", false],
    ["https://raw.githubusercontent.com/a/b/HASH0/config/crd.yaml", false],
    ["https://github.com/a/b//HASH?ref=main", false],
    ["github.com/a/b//c?ref=v1.0.0", false],
  ])("%s names a commit: %s", (path, isPinned) => {
    const url = path.replace("HASH", "0123456789abcdef0123456789abcdef01234567");
    const [problem] = problems({ "o/kustomization.yaml": `resources: ["${url}"]` });
    expect(problem?.includes("not pinned to a commit")).toBe(!isPinned);
  });

  describe("of this repository", () => {
    const remotes = '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:Team/apps.git\n';
    const vendor =
      "Vendor it: commit a copy to this repository and reference the copy, so that reviews show what changes.";

    test.each([
      [
        "github.com/team/apps//cache/Base?ref=v1",
        "../../cache/Base instead. That is its state in this commit, not that of v1.",
      ],
      ["https://github.com/team/apps.git//cache/Base", "../../cache/Base instead."],
      ["git::ssh://git@github.com/team/apps/cache/Base/", "../../cache/Base instead."],
      ["https://raw.githubusercontent.com/team/apps/main/cache/Base/a.yaml", "../../cache/Base/a.yaml instead."],
      ["github.com/team/apps//cache", undefined],
      ["github.com/team/apps//gone?ref=v1", undefined],
      ["github.com/team/apps//../etc", undefined],
      ["github.com/team/apps-other//cache/Base", undefined],
      ["github.com/team/apps?ref=v1", undefined],
      ["https://example.com/cache/Base/a.yaml", undefined],
    ])("%s is referenced as %s", (path, advice) => {
      const files = {
        ".git/config": remotes,
        "kustomization.yaml": "resources: [web/test]",
        "web/test/kustomization.yaml": `resources: ["${path}"]`,
        "cache/Base/kustomization.yaml": "resources: [a.yaml]",
        "cache/Base/a.yaml": cm,
      };
      const [problem] = walk(files, "web/test").problems;
      expect(problem?.help).toBe(advice === undefined ? vendor : `This repository has it: reference ${advice}`);
    });

    test("by the configured URL", () => {
      const cwd = tree({
        ".git/config": remotes,
        "o/kustomization.yaml": "resources: [github.com/team/apps//b, example.org/team/apps//b]",
        "b/kustomization.yaml": "resources: []",
      });
      const { problems } = closure(
        { path: "o", kind: "kustomization" },
        { cwd, urls: ["https://example.org/team/apps"] },
      );
      expect(problems.map(({ help }) => help)).toEqual([vendor, "This repository has it: reference ../b instead."]);
    });
  });

  test("in a base, in a second document, next to a field of the same name", () => {
    const remote = "https://example.com/a.yaml";
    expect(
      problems({ "o/kustomization.yaml": "resources: [../b]", "b/kustomization.yaml": `\n\nresources: [${remote}]` }),
    ).toEqual([expect.stringContaining("gitops/remote-base b/kustomization.yaml:3:13 ")]);
    expect(problems({ "o/kustomization.yaml": `resources: []\n---\nresources: [${remote}]` })).toHaveLength(1);
    expect(problems({ "o/kustomization.yaml": `resources: []\nResources: [${remote}]` })).toHaveLength(1);
    expect(problems({ "o/kustomization.yaml": `x: &x\n- ${remote}\nresources: *x` })).toHaveLength(1);
    expect(problems({ "o/kustomization.yaml": `x: &x {resources: [${remote}]}\n<<: *x` })).toHaveLength(1);
  });
});

describe("paths outside the repository", () => {
  const repository = { ".git/HEAD": "", "o/x.yaml": cm };
  test.each<[string, Readonly<Record<string, Leaf>>, RegExp]>([
    [
      "a base above it",
      { "r/.git/HEAD": "", "r/o/kustomization.yaml": "resources: [../../b]", "b/kustomization.yaml": "" },
      /render\/outside r\/o\/kustomization.yaml:1:13 ..\/..\/b is outside/,
    ],
    [
      "a missing file",
      { "r/.git/HEAD": "", "r/o/kustomization.yaml": "resources: [../../../../../../../../etc/x]" },
      /render\/outside/,
    ],
    [
      "an absolute path",
      { "r/.git/HEAD": "", "r/o/kustomization.yaml": "resources: [/etc/hostname]" },
      /render\/outside .*absolute/,
    ],
    [
      "a symlink to a file",
      {
        "r/.git/HEAD": "",
        "r/o/kustomization.yaml": "configMapGenerator: [{name: x, files: [l]}]",
        "r/o/l": { link: "/etc/hostname" },
      },
      /render\/outside r\/o\/kustomization.yaml:1:40 /,
    ],
    [
      "a symlink to a folder",
      {
        "r/.git/HEAD": "",
        "r/o/kustomization.yaml": "resources: [l]",
        "r/o/l": { link: "../../b" },
        "b/kustomization.yaml": "",
      },
      /render\/outside/,
    ],
    [
      "a path through a symlink",
      {
        "r/.git/HEAD": "",
        "r/o/kustomization.yaml": "resources: [l/x.yaml]",
        "r/o/l": { link: "../../b" },
        "b/x.yaml": cm,
      },
      /render\/outside/,
    ],
    [
      "a kustomization that is a symlink",
      { "r/.git/HEAD": "", "r/o/kustomization.yaml": { link: "../../k.yaml" }, "k.yaml": "" },
      /render\/outside r\/o\/kustomization.yaml:1:1/,
    ],
    [
      "a file of a plugin",
      {
        "r/.git/HEAD": "",
        "r/o/kustomization.yaml": "transformers: [t.yaml]",
        "r/o/t.yaml": "{apiVersion: builtin, kind: PatchTransformer, path: ../../../p}",
      },
      /render\/outside/,
    ],
  ])("%s", (_, files, expected) => {
    expect(problems(files, "r/o")).toEqual([expect.stringMatching(expected)]);
  });

  test("the whole repository is allowed, whatever the working directory", () => {
    const cwd = tree({ ...repository, "a/kustomization.yaml": "resources: [../b]", "b/kustomization.yaml": "" });
    expect(closure({ path: ".", kind: "kustomization" }, { cwd: `${cwd}/a` }).problems).toEqual([]);
  });

  test("without a repository, only the working directory is allowed", () => {
    const cwd = tree({ "a/kustomization.yaml": "resources: [../b]", "b/kustomization.yaml": "" });
    expect(closure({ path: "a", kind: "kustomization" }, { cwd }).problems).toEqual([]);
    expect(closure({ path: ".", kind: "kustomization" }, { cwd: `${cwd}/a` }).problems).toMatchObject([
      { rule: "render/outside" },
    ]);
  });

  test("a root can be given", () => {
    const cwd = tree({ "a/kustomization.yaml": "resources: [../b]", "b/kustomization.yaml": "" });
    expect(closure({ path: ".", kind: "kustomization" }, { cwd: `${cwd}/a`, root: cwd }).problems).toEqual([]);
  });
});

describe("programs are not run", () => {
  const files = { "o/x.yaml": cm };
  const fn = "metadata: {name: x, annotations: {config.kubernetes.io/function: '{exec: {path: ./x}}'}}";
  test.each<[string, Readonly<Record<string, Leaf>>, string]>([
    ["helmCharts", { "o/kustomization.yaml": "helmCharts: [{name: x}]" }, "1:1 this would run helm"],
    ["helmCharts in another case", { "o/kustomization.yaml": "HelmCharts: [{name: x}]" }, "1:1 this would run helm"],
    [
      "the old helm field",
      { "o/kustomization.yaml": "helmChartInflationGenerator: [{chartName: x}]" },
      "1:1 this would run helm",
    ],
    [
      "the helm plugin",
      {
        "o/kustomization.yaml": "generators: [g.yaml]",
        "o/g.yaml": "{apiVersion: builtin, kind: HelmChartInflationGenerator}",
      },
      "1:14 this would run helm",
    ],
    [
      "a plugin",
      { "o/kustomization.yaml": "transformers: [t.yaml]", "o/t.yaml": "{apiVersion: x/v1, kind: Evil}" },
      "1:16 this would run the plugin Evil",
    ],
    [
      "an inline plugin",
      { "o/kustomization.yaml": "validators:\n- |-\n  apiVersion: x/v1\n  kind: Evil\n" },
      "2:3 this would run the plugin Evil",
    ],
    [
      "a function",
      {
        "o/kustomization.yaml": "transformers: [t.yaml]",
        "o/t.yaml": `{apiVersion: builtin, kind: LabelTransformer, ${fn}}`,
      },
      "1:16 this would run a function",
    ],
    [
      "the second document of a file",
      {
        "o/kustomization.yaml": "generators: [g.yaml]",
        "o/g.yaml": `{apiVersion: builtin, kind: ConfigMapGenerator}\n---\n{apiVersion: x/v1, kind: Evil, ${fn}}`,
      },
      "1:14 this would run a function",
    ],
    [
      "a folder of configurations",
      {
        "o/kustomization.yaml": "generators: [g]",
        "o/g/kustomization.yaml": "resources: [../g2]",
        "o/g2/kustomization.yaml": "resources: [x.yaml]",
        "o/g2/x.yaml": "{apiVersion: x/v1, kind: Evil}",
      },
      "1:13 this would run the plugin Evil",
    ],
    [
      "a folder that resources also uses",
      {
        "o/kustomization.yaml": "resources: [g]\ngenerators: [g]",
        "o/g/kustomization.yaml": "resources: [x.yaml]",
        "o/g/x.yaml": "{apiVersion: x/v1, kind: Evil}",
      },
      "1:13 this would run the plugin Evil",
    ],
  ])("%s", (_, more, expected) => {
    expect(problems({ ...files, ...more })).toEqual([expect.stringContaining(expected)]);
    expect(walk({ ...files, ...more }).problems[0]?.rule).toBe("render/plugin");
  });
});

describe("what kustomize would reject is reported at its line", () => {
  test.each<[string, Readonly<Record<string, Leaf>>, string]>([
    [
      "a missing resource",
      { "o/kustomization.yaml": "resources:\n- a.yaml\n- b.yaml\n", "o/a.yaml": cm },
      "o/kustomization.yaml:3:3 b.yaml does not exist",
    ],
    [
      "a missing patch",
      { "o/kustomization.yaml": "patches:\n- path: p.yaml\n" },
      "o/kustomization.yaml:2:3 p.yaml does not exist",
    ],
    [
      "a missing generator file",
      { "o/kustomization.yaml": "configMapGenerator:\n- name: x\n  files:\n  - k=f.txt\n" },
      "o/kustomization.yaml:4:5 f.txt does not exist",
    ],
    [
      "a dangling symlink",
      { "o/kustomization.yaml": "resources: [l]", "o/l": { link: "gone" } },
      "o/kustomization.yaml:1:13 l is a symbolic link to gone, which does not exist",
    ],
    [
      "a folder instead of a file",
      { "o/kustomization.yaml": "patches: [{path: d}]", "o/d/x": "" },
      "d is a folder; expected a file",
    ],
    [
      "a file instead of a component",
      { "o/kustomization.yaml": "components: [a.yaml]", "o/a.yaml": cm },
      "a.yaml is a file; expected a folder with a kustomization",
    ],
    [
      "a folder without kustomization",
      { "o/kustomization.yaml": "resources: [d]", "o/d/x": "" },
      "o/kustomization.yaml:1:13 the folder d has no kustomization.yaml",
    ],
    [
      "a Component among the resources",
      {
        "o/kustomization.yaml": "resources:\n- a.yaml\n- ../c\n",
        "o/a.yaml": cm,
        "c/kustomization.yaml": "kind: Component\nnamespace: x\n",
      },
      "o/kustomization.yaml:3:3 ../c is a Component",
    ],
    [
      "a kustomization among the components",
      { "o/kustomization.yaml": "components: [../b]", "b/kustomization.yaml": "namespace: x\n" },
      "o/kustomization.yaml:1:14 ../b is a kustomization, not a Component",
    ],
    ["an empty path", { "o/kustomization.yaml": 'resources: [""]' }, "o/kustomization.yaml:1:13 the path is empty"],
    [
      "a cycle",
      {
        "o/kustomization.yaml": "resources: [../p]",
        "p/kustomization.yaml": "\nresources:\n- ../q",
        "q/kustomization.yaml": "components: [../p]",
      },
      "q/kustomization.yaml:1:14 the kustomizations reference each other in a cycle: p → q → p",
    ],
    [
      "a kustomization that references itself",
      { "o/kustomization.yaml": "resources: [.]" },
      "o/kustomization.yaml:1:13 the kustomizations reference each other in a cycle: o → o",
    ],
    [
      "a base around its user",
      { "o/kustomization.yaml": "resources: [..]", "kustomization.yaml": "resources: []" },
      "o/kustomization.yaml:1:13 . contains o, which references it",
    ],
    [
      "a kustomization that does not parse",
      { "o/kustomization.yaml": "resources: [../b]", "b/kustomization.yaml": "resources:\n- [" },
      "b/kustomization.yaml:2:4 not valid YAML",
    ],
    [
      "duplicate keys",
      { "o/kustomization.yaml": "resources: []\nresources: []" },
      "schema/duplicate-key o/kustomization.yaml:2:1",
    ],
    [
      "Latin-1",
      { "o/kustomization.yaml": Buffer.from("# caf\xe9\n", "latin1") },
      "o/kustomization.yaml:1:6 not valid UTF-8",
    ],
  ])("%s", (_, files, expected) => {
    expect(problems(files)).toEqual([expect.stringContaining(expected)]);
  });

  test("a chain that is too long for the stack", () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`${index || "o"}/kustomization.yaml`, `resources: [../${index + 1}]`]),
    );
    expect(problems(files)).toEqual([expect.stringContaining("more than 200 kustomizations reference one another")]);
  });

  test("nested diamonds are walked once", () => {
    const files: Record<string, string> = {
      "o/kustomization.yaml": "resources: [../a0, ../b0]\ntransformers: [../a0, ../b0]",
    };
    for (let level = 0; level < 60; level++) {
      for (const side of "ab")
        files[`${side}${level}/kustomization.yaml`] =
          level < 59 ? `resources: [../a${level + 1}, ../b${level + 1}]` : "";
    }
    expect(walk(files).problems).toEqual([]);
  });
});
