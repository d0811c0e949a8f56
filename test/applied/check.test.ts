import { describe, expect, test } from "vitest";
import type { Finding } from "../../tools/core/finding.ts";
import { commit, newRepository } from "../git/repository.ts";
import { check, type Files, gitops, repository, writeFilesIn } from "../run.ts";
import { claim, deployment, kustomization, patched, source } from "./manifests.ts";

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of Flux */
const base = {
  "gitops.yaml": "repository: https://example.com/fleet.git\nprofile: baseline\ntargets: [apps, clusters]\n",
  "apps/web/kustomization.yaml": "resources: [web.yaml]\n",
  "apps/web/web.yaml": deployment("web"),
  "clusters/kustomization.yaml": "resources: [all.yaml]\n",
};

const found = ({ rule, resource, pointer, file, line }: Finding) =>
  `${rule} ${file}:${line} ${resource ?? ""} ${pointer ?? ""}`.trim();

async function findings(files: Files, ...flags: string[]): Promise<string[]> {
  const { report } = await check(flags, { cwd: repository({ ...base, ...files }) });
  return report.findings.map(found);
}

const clusters = (...all: string[]) => ({ "clusters/all.yaml": source + all.join("") });

interface Case extends Record<string, unknown> {
  readonly what: string;
  readonly files: Files;
  readonly finds: readonly string[];
}

/** A Kustomization that patches the Kustomizations that it applies. */
const parent = (patch: string): Files => ({
  "gitops.yaml": base["gitops.yaml"].replace("clusters]", "clusters, children]"),
  "children/kustomization.yaml": "resources: [all.yaml]\n",
  "children/all.yaml": kustomization("web", "apps/web"),
  ...clusters(kustomization("children", "children", patched(patch, "Kustomization"))),
});

/** A Deployment with a variable in its label that reads a ConfigMap of another target. */
const reading = (name: string, other = name): Files => ({
  "apps/web/web.yaml": deployment("web").replace(
    "- name: web\n",
    `- name: web\n          envFrom: [{ configMapRef: { name: "${name}" } }]\n`,
  ),
  "apps/more/kustomization.yaml": `configMapGenerator: [{ name: ${other}, literals: [a=b], options: { disableNameSuffixHash: true } }]\n`,
});

const withoutSource = (text: string) => text.replaceAll(/^ {2}sourceRef: .*\n/gm, "");

const claimed = {
  "parts/claim/kustomization.yaml":
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [claim.yaml]\n",
  "parts/claim/claim.yaml": claim,
};

const patchedClaim = `patches:
  - patch: |
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: { name: data, labels: { a: b } }
`;

const web = "apps/v1/Deployment/web";

const cases: Case[] = [
  {
    what: "a JSON patch of a Kustomization that adds an unknown field",
    files: clusters(kustomization("web", "apps/web", patched("- { op: add, path: /spec/replica, value: 3 }"))),
    finds: [`schema/unknown-field clusters/all.yaml:17 ${web} /spec/replica`],
  },
  {
    what: "a merge patch, located in its own line",
    files: clusters(
      kustomization("web", "apps/web", patched("kind: Deployment\nmetadata: { name: web }\nspec:\n  replicas: many")),
    ),
    finds: [`schema/type clusters/all.yaml:20 ${web} /spec/replicas`],
  },
  {
    what: "a component, located in the file of the component",
    files: {
      ...clusters(kustomization("web", "apps/web", "  components: [../../parts/claim]\n")),
      ...claimed,
      "parts/claim/claim.yaml": claim.replace("Once", "Twice"),
    },
    finds: ["apply/volume parts/claim/claim.yaml:5 v1/PersistentVolumeClaim/data /spec/accessModes/0"],
  },
  {
    what: "a value of a variable, located where the variable is used",
    files: {
      "apps/web/web.yaml": deployment("web", "${REPLICAS}"),
      ...clusters(kustomization("web", "apps/web", "  postBuild: { substitute: { REPLICAS: three } }\n")),
    },
    finds: [`schema/type apps/web/web.yaml:5 ${web} /spec/replicas`],
  },
  {
    what: "a number that a variable makes of a string",
    files: {
      "apps/web/web.yaml": deployment("web").replace(
        "name: web\n",
        'name: web\n          env: [{ name: A, value: "${A}" }]\n',
      ),
      ...clusters(kustomization("web", "apps/web", '  postBuild: { substitute: { A: "1" } }\n')),
    },
    finds: [`schema/type apps/web/web.yaml:12 ${web} /spec/template/spec/containers/0/env/0/value`],
  },
  {
    what: "a target that does not render anyway, once and at its own line",
    files: {
      "apps/web/kustomization.yaml": "resources:\n  - web.yaml\n  - gone.yaml\n  - https://example.com/crd.yaml\n",
      ...clusters(kustomization("web", "apps/web", "  postBuild: { substitute: { A: b } }\n")),
    },
    finds: ["render/failed apps/web/kustomization.yaml:3", "gitops/remote-base apps/web/kustomization.yaml:4"],
  },
  {
    what: "values from a ConfigMap of the repository, which inline values override",
    files: {
      "apps/web/web.yaml": deployment("web-${ENV}", "${REPLICAS}", "example.com/web:${TAG}"),
      "clusters/all.yaml":
        source +
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: vars, namespace: flux-system }\ndata: { REPLICAS: many, ENV: prod, TAG: '1.0' }\n---\n" +
        kustomization(
          "web",
          "apps/web",
          '  postBuild: { substitute: { REPLICAS: "2" }, substituteFrom: [{ kind: ConfigMap, name: vars }] }\n',
        ),
    },
    finds: [],
  },
  {
    what: "a script that Flux takes for a variable",
    files: {
      "apps/web/kustomization.yaml": "resources: [web.yaml]\nconfigMapGenerator: [{ name: run, files: [run.sh] }]\n",
      "apps/web/run.sh": 'echo start\nfor f in "${FILES[@]}"; do echo; done\n',
      ...clusters(kustomization("web", "apps/web", "  postBuild: { substitute: { A: b } }\n")),
    },
    finds: ["render/failed apps/web/run.sh:2 v1/ConfigMap/run-5h8ff4t6hb /data/run.sh"],
  },
  {
    what: "a script without variables of the Kustomization",
    files: {
      "apps/web/kustomization.yaml": "resources: [web.yaml]\nconfigMapGenerator: [{ name: run, files: [run.sh] }]\n",
      "apps/web/run.sh": 'for f in "${FILES[@]}"; do echo; done\n',
      ...clusters(kustomization("web", "apps/web")),
    },
    finds: [],
  },
  {
    what: "an error that every Kustomization patches away",
    files: {
      "apps/web/web.yaml": deployment("web", "many"),
      ...clusters(kustomization("web", "apps/web", patched("- { op: replace, path: /spec/replicas, value: 1 }"))),
    },
    finds: [],
  },
  {
    what: "an error that only one of two Kustomizations patches away",
    files: {
      "apps/web/web.yaml": deployment("web", "many"),
      ...clusters(
        kustomization("web", "apps/web", patched("- { op: replace, path: /spec/replicas, value: 1 }")),
        kustomization("other", "apps/web", "  targetNamespace: other\n"),
      ),
    },
    finds: [`schema/type apps/web/web.yaml:5 ${web} /spec/replicas`],
  },
  {
    what: "an error that a Kustomization patches into one of two variants, once for both",
    files: clusters(
      kustomization(
        "web",
        "apps/web",
        `  targetNamespace: one\n${patched("- { op: add, path: /spec/replica, value: 3 }")}`,
      ),
      kustomization(
        "web2",
        "apps/web",
        `  targetNamespace: two\n${patched("- { op: add, path: /spec/replica, value: 3 }")}`,
      ),
    ),
    finds: [`schema/unknown-field clusters/all.yaml:18 apps/v1/Deployment/one/web /spec/replica`],
  },
  {
    what: "a patch that kustomize refuses",
    files: clusters(kustomization("web", "apps/web", patched("- { op: remove, path: /spec/nothing }"))),
    finds: ["render/failed clusters/all.yaml:9"],
  },
  {
    what: "additions that a parent Kustomization patches into its children",
    files: {
      ...parent("- { op: add, path: /spec/postBuild, value: { substitute: { REPLICAS: three } } }"),
      "apps/web/web.yaml": deployment("web", "${REPLICAS}"),
    },
    finds: [`schema/type apps/web/web.yaml:5 ${web} /spec/replicas`],
  },
  {
    what: "a patch and an image of a Kustomization that match nothing, unlike one that repeats a value",
    files: clusters(
      kustomization(
        "web",
        "apps/web",
        `  images: [{ name: example.com/wbe, newTag: "2.0" }]
  patches:
    - target: { kind: Deployment, name: wbe }
      patch: "- { op: add, path: /spec/paused, value: true }"
    - target: { kind: Deployment }
      patch: "- { op: add, path: /spec/paused, value: true }"
    - target: { kind: Deployment }
      patch: "- { op: replace, path: /spec/replicas, value: 2 }"
`,
      ),
    ),
    finds: [
      "gitops/dead-patch clusters/all.yaml:14 kustomize.toolkit.fluxcd.io/v1/Kustomization/flux-system/web /spec/images/0",
      "gitops/dead-patch clusters/all.yaml:16 kustomize.toolkit.fluxcd.io/v1/Kustomization/flux-system/web /spec/patches/0",
    ],
  },
  {
    what: "a patch that a parent Kustomization adds to all of its children, whatever they apply",
    files: parent(
      `- op: add
  path: /spec/patches
  value: [{ target: { kind: Job }, patch: '[{ "op": "add", "path": "/spec/suspend", "value": true }]' }]`,
    ),
    finds: [],
  },
  {
    what: "a patch that matches nothing, next to those of a parent Kustomization",
    files: {
      ...parent(`- op: add
  path: /spec/patches/-
  value: { target: { kind: Job }, patch: '[{ "op": "add", "path": "/spec/suspend", "value": true }]' }`),
      "children/all.yaml": kustomization(
        "web",
        "apps/web",
        patched("- { op: remove, path: /spec/suspend }", "CronJob"),
      ),
    },
    finds: [
      "gitops/dead-patch children/all.yaml:10 kustomize.toolkit.fluxcd.io/v1/Kustomization/flux-system/web /spec/patches/0",
    ],
  },
  {
    what: "an empty kustomization with a component that its Kustomization adds",
    files: {
      ...claimed,
      "apps/web/kustomization.yaml": "resources: []\n",
      ...clusters(kustomization("web", "apps/web", "  components: [../../parts/claim]\n")),
    },
    finds: [],
  },
  {
    what: "an object of another target, where a parent Kustomization adds the source of the children",
    files: {
      ...parent("- { op: add, path: /spec/sourceRef, value: { kind: GitRepository, name: fleet } }"),
      ...reading("settings"),
      "children/all.yaml": withoutSource(kustomization("web", "apps/web") + kustomization("more", "apps/more")),
    },
    finds: [],
  },
  {
    what: "the same, where another target also has the children as they are written",
    files: {
      ...parent("- { op: add, path: /spec/postBuild, value: { substitute: { APP: web } } }"),
      ...reading("${APP}-settings", "web-settings"),
      "gitops.yaml": base["gitops.yaml"].replace("clusters]", "clusters, children, other]"),
      "children/all.yaml": ["web", "more"]
        .map((name) => kustomization(name, `apps/${name}`, "  targetNamespace: shop\n"))
        .join(""),
      "other/kustomization.yaml": "resources: [../children]\n",
    },
    finds: [],
  },
  {
    what: "the manifests of a folder without a kustomization",
    files: {
      "apps/plain/web.yaml": deployment("plain", "${REPLICAS}"),
      ...clusters(
        kustomization(
          "plain",
          "apps/plain",
          `  nameSuffix: -x\n  postBuild: { substitute: { REPLICAS: "2" } }\n${patched("- { op: add, path: /spec/replica, value: 3 }")}`,
        ),
      ),
    },
    finds: [`schema/unknown-field clusters/all.yaml:19 apps/v1/Deployment/plain-x /spec/replica`],
  },
  {
    what: "a kustomization that only renders with the component that its Kustomization adds",
    files: {
      ...claimed,
      "apps/web/kustomization.yaml": `resources: [web.yaml]\n${patchedClaim}`,
      ...clusters(kustomization("web", "apps/web", "  components: [../../parts/claim]\n")),
    },
    finds: [],
  },
  {
    what: "a kustomization that does not render, with what its Kustomization adds neither, once",
    files: {
      "apps/web/kustomization.yaml": `resources: [web.yaml]\n${patchedClaim}`,
      ...clusters(kustomization("web", "apps/web", "  postBuild: { substitute: { A: b } }\n")),
    },
    finds: ["render/failed apps/web/kustomization.yaml:1"],
  },
  {
    what: "a patch in a repository without any kustomization",
    files: {
      "gitops.yaml": "repository: https://example.com/fleet.git\nprofile: baseline\ntargets: [plain, flux]\n",
      "plain/web.yaml": deployment("web"),
      "flux/all.yaml": source + kustomization("web", "plain", patched("- { op: add, path: /spec/replica, value: 3 }")),
    },
    finds: [`schema/unknown-field flux/all.yaml:17 ${web} /spec/replica`],
  },
  {
    what: "a Kustomization with a number that needs 64 bits",
    files: clusters(kustomization("web", "apps/web", "  history: 9007199254740993\n")),
    finds: [
      "schema/unknown-field clusters/all.yaml:14 kustomize.toolkit.fluxcd.io/v1/Kustomization/flux-system/web /spec/history",
    ],
  },
  {
    what: "images and patches of an Application",
    files: {
      "clusters/all.yaml": `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd }
spec:
  project: default
  destination: { server: https://kubernetes.default.svc, namespace: web }
  source:
    repoURL: https://example.com/fleet.git
    targetRevision: main
    path: apps/web
    kustomize:
      images: ["example.com/web=example.com/Web:2.0"]
      patches:
        - target: { kind: Deployment }
          patch: |
            - { op: add, path: /spec/paused, value: 1 }
`,
    },
    finds: [
      `reliability/image-name clusters/all.yaml:12 ${web} /spec/template/spec/containers/0/image`,
      `schema/type clusters/all.yaml:16 ${web} /spec/paused`,
    ],
  },
];

test.for(cases)("$what", async ({ files, finds }) => {
  expect(await findings(files)).toEqual(finds);
});
test("a patch whose target has its name only after Flux has replaced variables", async () => {
  const files = {
    "apps/web/web.yaml": deployment("${APP}"),
    ...clusters(
      kustomization(
        "web",
        "apps/web",
        `  postBuild: { substitute: { APP: web } }
  patches:
    - target: { kind: Deployment, name: web }
      patch: "- { op: add, path: /spec/paused, value: true }"
`,
      ),
    ),
  };
  const { report } = await check([], { cwd: repository({ ...base, ...files }) });
  const help =
    "Flux replaces variables after kustomize has run, which still sees the name ${APP}: leave name out, and write target: { kind: Deployment }.";
  const dead = report.findings.filter(({ rule }) => rule === "gitops/dead-patch" || rule === "render/failed");
  expect(dead.map((one) => [one.line, one.help])).toEqual([[16, help]]);
});
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of Flux */

describe("runs agree", () => {
  const bad = patched("- { op: add, path: /spec/replica, value: 3 }");
  const files = {
    ...base,
    ...clusters(kustomization("web", "apps/web", `  components: [../../parts/labels]\n${bad}`)),
    "parts/labels/kustomization.yaml":
      "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels: [{ pairs: { team: blue } }]\n",
  };
  const one = `schema/unknown-field clusters/all.yaml:18 ${web} /spec/replica`;
  const other = `schema/unknown-field clusters/all.yaml:18 ${web} /spec/wait`;

  test("with the cache, whatever changes", async () => {
    const cwd = repository(files);
    const now = async (...flags: string[]) => (await check(flags, { cwd })).report.findings.map(found);
    expect(await now()).toEqual([one]);
    expect(await now()).toEqual([one]);
    const changes: [Files, string[]][] = [
      [{ "clusters/all.yaml": String(files["clusters/all.yaml"]).replace("replica,", "wait,") }, [other]],
      [{ "parts/labels/kustomization.yaml": "kind: Component\nlabels: [{ pairs: { team: 1 } }]\n" }, []],
      [{ "clusters/all.yaml": source + kustomization("web", "apps/web") }, []],
      [{ "clusters/all.yaml": String(files["clusters/all.yaml"]) }, []],
      [{ "parts/labels/kustomization.yaml": String(files["parts/labels/kustomization.yaml"]) }, [one]],
    ];
    for (const [change, expected] of changes) {
      writeFilesIn(cwd, change);
      const [cached, uncached] = [await now(), await now("--no-cache")];
      expect(cached).toEqual(uncached);
      if (expected.length > 0) expect(cached).toEqual(expected);
    }
  });

  test("on several machines", async () => {
    const cwd = repository(files);
    const reports = [1, 2].map((index) => `part-${index}.json`);
    for (const [index, file] of reports.entries())
      await gitops(["check", "--shard", `${index + 1}/2`, "-o", `json=${file}`], { cwd });
    const { stdout } = await gitops(["report", "merge", ...reports, "-o", "json"], { cwd });
    const merged = (JSON.parse(stdout) as { findings: Finding[] }).findings;
    expect(merged).toEqual((await check([], { cwd })).report.findings);
    expect(merged.map(found)).toEqual([one]);
  });

  test("with a base: only what a change makes is new, in whatever it is made", async () => {
    const cwd = newRepository();
    commit(cwd, files);
    const since = async () => {
      const { report } = await check(["--base", "main"], { cwd });
      return [
        ...report.findings.map((one) => `${one.status} ${one.rule}`),
        ...(report.fixed ?? []).map(({ rule }) => `fixed ${rule}`),
      ];
    };
    const parts = "parts/labels/kustomization.yaml";
    expect(await since()).toEqual(["old schema/unknown-field"]);
    writeFilesIn(cwd, {
      [parts]: `${files[parts]}patches: [{ target: { kind: Deployment }, patch: '[{"op":"add","path":"/spec/paused","value":1}]' }]\n`,
    });
    expect(await since()).toEqual(["old schema/unknown-field", "new schema/type"]);
    writeFilesIn(cwd, { [parts]: files[parts], ...clusters(kustomization("web", "apps/web")) });
    expect(await since()).toEqual(["fixed schema/unknown-field"]);
  });
});
