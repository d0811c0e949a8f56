import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Files, gitops, repository } from "../run.ts";

/** A user's input, and the gate's answer: its exit status, and text on either stream. */
interface Bad {
  readonly files: Files;
  readonly args?: readonly string[];
  readonly input?: string | Buffer;
  readonly code: 0 | 1 | 2;
  readonly says: RegExp;
}

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n";

const owner = `export const policy = { id: "team/owner", severity: "error", why: "a", fix: "b", schema: {} };\n`;
const withPolicy = (text: string) => ({
  "gitops.yaml": "targets: [app.yaml]\npolicies: [policies]\n",
  "app.yaml": configMap,
  "policies/team/owner.mjs": `${owner}${text}\n`,
});

const table: Readonly<Record<string, Bad>> = {
  "a configuration with a target outside the repository": {
    files: { "gitops.yaml": "targets: [../app]\n" },
    code: 2,
    says: /gitops\.yaml: targets: \.\.\/app leads out of the repository/,
  },
  "a configuration with an absolute path": {
    files: { "gitops.yaml": "targets: [/etc]\n" },
    code: 2,
    says: /gitops\.yaml: targets: \/etc is absolute/,
  },
  "a policy that ends the program": {
    files: withPolicy("process.exit(0);"),
    code: 2,
    says: /gitops: the program exited before it finished, perhaps because a policy calls process\.exit/,
  },
  "a policy that leaves a rejected promise behind": {
    files: withPolicy('Promise.reject(new Error("too late"));'),
    code: 2,
    says: /gitops: uncaught error, perhaps in asynchronous code of a policy: Error: too late/,
  },
  "a policy that throws later": {
    files: withPolicy('setTimeout(() => { throw new Error("too late"); });'),
    code: 2,
    says: /uncaught error[\s\S]*too late/,
  },
  "a policy that never finishes loading": {
    files: withPolicy("await new Promise(() => {});"),
    code: 2,
    says: /exited before it finished/,
  },
  "no kustomization": {
    files: { "app/notes.txt": "nothing" },
    args: ["app"],
    code: 2,
    says: /app contains no kustomization and no manifests/,
  },
  "a missing target": { files: {}, args: ["app"], code: 2, says: /app does not exist/ },
  "an invalid literal next to a secret one": {
    files: {
      "app/kustomization.yaml": "secretGenerator: [{ name: db, literals: ['password=hunter2', oops] }]\n",
    },
    args: ["app"],
    code: 1,
    says: /^(?![\s\S]*hunter2)[\s\S]*invalid literal source/,
  },
  "a cycle": {
    files: {
      "a/kustomization.yaml": "resources: [../b]\n",
      "b/kustomization.yaml": "resources: [../a]\n",
    },
    args: ["a"],
    code: 1,
    says: /b\/kustomization\.yaml[\s\S]*in a cycle/,
  },
  "a missing resource": {
    files: { "app/kustomization.yaml": "resources:\n  - config.yaml\n" },
    args: ["app"],
    code: 1,
    says: /app\/kustomization\.yaml\s+2:\d+ .*[\s\S]*config\.yaml/,
  },
  "YAML that does not parse": {
    files: { "app.yaml": "kind: [unclosed\n" },
    args: ["app.yaml"],
    code: 1,
    says: /app\.yaml\s+\d+:\d+ +error +schema\/parse-error/,
  },
  "a kustomization that does not parse": {
    files: { "app/kustomization.yaml": "resources: [unclosed\n" },
    args: ["app"],
    code: 1,
    says: /app\/kustomization\.yaml\s+\d+:\d+ +error +schema\/parse-error/,
  },
  "duplicate keys": {
    files: { "app.yaml": `${configMap}data:\n  a: "1"\n  a: "2"\n` },
    args: ["app.yaml"],
    code: 1,
    says: /7:\d+ +error +schema\/duplicate-key/,
  },
  "an empty render": {
    files: { "app/kustomization.yaml": "namespace: guestbook\n" },
    args: ["app"],
    code: 1,
    says: /schema\/empty-render|render\/failed/,
  },
  "an empty file": { files: { "app.yaml": "" }, args: ["app.yaml"], code: 1, says: /schema\/empty-render/ },
  "empty standard input": { files: {}, args: ["-"], input: "", code: 1, says: /schema\/empty-render/ },
  "a patch that matches nothing": {
    files: {
      "app/kustomization.yaml": "resources: [config.yaml]\npatches:\n  - path: patch.yaml\n",
      "app/config.yaml": configMap,
      "app/patch.yaml": configMap.replace("settings", "setings"),
    },
    args: ["app"],
    code: 1,
    says: /app\/[\s\S]*setings/,
  },
  "an unknown flag": { files: {}, args: ["--frobnicate"], code: 2, says: /unknown flag --frobnicate/ },
  "an unknown format": { files: {}, args: ["-o", "yml"], code: 2, says: /unknown format "yml"/ },
  "a NUL byte in a file": {
    files: { "app.yaml": `${configMap}data:\n  a: "x\0y"\n` },
    args: ["app.yaml"],
    code: 1,
    says: /app\.yaml\s+6:\d+ +error +schema\/parse-error/,
  },
  "a NUL byte in standard input": {
    files: {},
    args: ["-"],
    input: Buffer.from([0, 1, 2, 0]),
    code: 1,
    says: /schema\/parse-error/,
  },
  "a file in Latin-1": {
    files: { "app.yaml": Buffer.from(`${configMap}data:\n  a: caf\xe9\n`, "latin1") },
    args: ["app.yaml"],
    code: 1,
    says: /app\.yaml\s+6:\d+ +error +schema\/parse-error[\s\S]*UTF-8/,
  },
  "a file of 50 MB with one value": {
    files: { "app.yaml": `${configMap}data:\n  a: ${"x".repeat(50 << 20)}\n` },
    args: ["app.yaml"],
    code: 1,
    says: /apply\/config-size/,
  },
  "more findings in a resource than fit on a stack": {
    files: { "app.yaml": `${configMap}${Array.from({ length: 150_000 }, (_, index) => `f${index}: 1\n`).join("")}` },
    args: ["app.yaml"],
    code: 1,
    says: /schema\/unknown-field {2}150000 errors[\s\S]*app\.yaml:150004:1/,
  },
  "a definition with a bound beyond 2^53": {
    files: {
      "crd.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Thing, plural: things }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: { size: { type: integer, format: int64, maximum: 9007199254740993 } }
`,
      "thing.yaml": "apiVersion: example.com/v1\nkind: Thing\nmetadata: { name: one }\nsize: 9007199254740995\n",
    },
    args: ["crd.yaml", "thing.yaml"],
    code: 1,
    says: /thing\.yaml[\s\S]*9007199254740995/,
  },
  "a kustomization that lists a missing file many times": {
    files: { "app/kustomization.yaml": `resources:\n${"- gone.yaml\n".repeat(20_000)}` },
    args: ["app"],
    code: 1,
    says: /gone\.yaml/,
  },
  "a kustomization that includes itself": {
    files: { "app/kustomization.yaml": "resources: [.]\n" },
    args: ["app"],
    code: 1,
    says: /app\/kustomization\.yaml/,
  },
  "a configuration with an unknown field": {
    files: { "gitops.yaml": "targts: [app]\n", "app.yaml": configMap },
    code: 2,
    says: /gitops\.yaml.*targts/s,
  },
  "an override without reasons": {
    files: { "gitops.yaml": "overrides:\n  - match: app\n    rules:\n      schema/type: { severity: off }\n" },
    code: 2,
    says: /gitops\.yaml:2:5: \/overrides\/0: "reason" is missing\n.*gitops\.yaml:4:7: .*: "reason" is missing/,
  },
  "a configuration without settings": {
    files: { "gitops.yaml": "# targets: [app]\n\n", "app.yaml": configMap },
    code: 0,
    says: /1 target, 1 resource checked/,
  },
  "an empty waivers file": {
    files: { "gitops.yaml": "waivers: waivers.yaml\n", "waivers.yaml": "", "app.yaml": configMap },
    code: 0,
    says: /1 target, 1 resource checked/,
  },
  "a configuration with a mistyped value": {
    files: { "gitops.yaml": "targets: [app.yaml]\ninstalled: [certmanager]\n", "app.yaml": configMap },
    code: 2,
    says: /gitops\.yaml:2:13: .*"certmanager" should be one of .*, did you mean "cert-manager"\?/,
  },
  "a configuration with a mistyped kind": {
    files: {
      "gitops.yaml": "cluster:\n  - { kind: Secret.example.org }\n  - { kind: Secrt, name: db }\n",
      "app.yaml": configMap,
    },
    code: 2,
    says: /gitops\.yaml:3:7: \/cluster\/1\/kind: "Secrt" is not a known kind, did you mean "Secret"\?/,
  },
  "a configuration with a kind in the wrong case": {
    files: { "gitops.yaml": "cluster: [{ kind: configmap, name: db }]\n", "app.yaml": configMap },
    code: 2,
    says: /"configmap" is not a known kind, did you mean "ConfigMap"\?/,
  },
  "a configuration with an uncommon kind": {
    files: {
      "gitops.yaml": "cluster: [{ kind: SecretStore }, { kind: Role }, { kind: Rule }]\n",
      "app.yaml": configMap,
    },
    code: 0,
    says: /1 target, 1 resource checked/,
  },
  "a configuration with a single Kubernetes version": {
    files: { "gitops.yaml": "kubernetes: 1.30 # oldest\n", "app.yaml": configMap },
    code: 2,
    says: /gitops\.yaml:1:1: \/kubernetes: 1\.30 should be a list: \["1\.30"\]\n/,
  },
  "a configuration with a Kubernetes version without quotes": {
    files: { "gitops.yaml": "kubernetes: [1.30]\n", "app.yaml": configMap },
    code: 2,
    says: /gitops\.yaml:1:14: \/kubernetes\/0: 1\.30 should be of type string: put it in quotes: "1\.30"\n/,
  },
  "a configuration with only the severity of a rule": {
    files: { "gitops.yaml": "rules: { reliability/probes: off }\n", "app.yaml": configMap },
    code: 2,
    says: /probes: "off" should be of type object: \{ severity: off, reason: … \}\n/,
  },
  "a configuration with a target that does not exist": {
    files: { "gitops.yaml": "targets: [app.yaml, nope]\n", "app.yaml": configMap },
    code: 2,
    says: /gitops\.yaml:1:21: \/targets\/1: nope does not exist\n/,
  },
  "a configuration with a mistyped target": {
    files: { "gitops.yaml": "targets:\n  - ap.yaml\n", "app.yaml": configMap },
    code: 2,
    says: /gitops\.yaml:2:5: \/targets\/0: ap\.yaml does not exist, did you mean "app\.yaml"\?/,
  },
};

/** A stack trace is for developers of the gate, not for its users. */
const trace = /\n\s+at .*[(/].*:\d+:\d+\)?\n/;

describe("bad input gets an answer in plain words", () => {
  test.each(Object.entries(table))("%s", async (_, { files, args = [], input = "", code, says }) => {
    const result = await gitops(["check", ...args], { cwd: repository(files), input });
    expect(result.stdout + result.stderr).toMatch(says);
    expect(result.stdout + result.stderr).not.toMatch(trace);
    expect(result.code).toBe(code);
  });
});

const overlay: Files = { "app/kustomization.yaml": "resources: [config.yaml]\n", "app/config.yaml": configMap };

/** A stand-in for kustomize that misbehaves. */
function program(folder: string, script: string): string {
  const path = join(folder, "kustomize");
  writeFileSync(path, `#!/bin/sh\ncase "$1" in version) echo v5.5.0; exit;; esac\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe.skipIf(process.platform === "win32")("a machine with problems", () => {
  test("no kustomize", async () => {
    const result = await gitops(["check", "app"], {
      cwd: repository(overlay),
      env: { KUSTOMIZE: "/nowhere/kustomize" },
    });
    expect(result.stderr).toMatch(/KUSTOMIZE.*\/nowhere\/kustomize/);
    expect(result.code).toBe(2);
  });

  test.each([
    ["that is killed", "kill -9 $$", /render\/failed[\s\S]*SIGKILL/],
    ["that fails with a message", "echo 'no space left on device' >&2; exit 1", /no space left on device/],
    ["that fails without a message", "exit 3", /render\/failed/],
    ["that prints invalid YAML", "printf 'a: [1\\nb: 2\\n'", /schema\/parse-error|render\/failed/],
    ["that prints nothing", "exit 0", /schema\/empty-render/],
  ])("a kustomize %s", async (_, script, says) => {
    const cwd = repository(overlay);
    const result = await gitops(["check", "app"], { cwd, env: { KUSTOMIZE: program(cwd, script) } });
    expect(result.stdout + result.stderr).toMatch(says);
    expect(result.stdout + result.stderr).not.toMatch(trace);
    expect(result.code).toBe(1);
  });

  test.skipIf(process.platform === "win32").each([
    ["as a target", ["check", "pipe.yaml"]],
    ["in a folder of manifests", ["check", "pipes"]],
    ["as the configuration", ["check", "--config", "pipe.yaml"]],
    ["as waivers", ["check", "app", "--waivers", "pipe.yaml"]],
  ])("a pipe that nobody writes to, %s", async (_, args) => {
    const cwd = repository({ ...overlay, "pipes/app.yaml": configMap });
    for (const path of ["pipe.yaml", "pipes/pipe.yaml"]) execFileSync("mkfifo", [join(cwd, path)]);
    const result = await gitops(args, { cwd });
    expect(result.stdout + result.stderr).toMatch(/pipe/);
    expect(result.code).toBeLessThanOrEqual(2);
  });

  test.skipIf(process.platform === "win32").each(["contracts", "waivers", "policies", "schemas", "targets"])(
    "a configuration whose %s are a symlink out of the repository",
    async (key) => {
      const outside = repository({ "secret.yaml": "hunter2: [a]\n" });
      const isList = key !== "contracts" && key !== "waivers";
      const cwd = repository({ ...overlay, "gitops.yaml": `${key}: ${isList ? "[named.yaml]" : "named.yaml"}\n` });
      symlinkSync(join(outside, "secret.yaml"), join(cwd, "named.yaml"));
      const result = await gitops(["check", "app"], { cwd });
      expect(result.stderr).toMatch(new RegExp(`gitops\\.yaml: ${key}: named\\.yaml leads out of the repository`));
      expect(result.stdout + result.stderr).not.toContain("hunter2");
      expect(result.code).toBe(2);
    },
  );

  test.skipIf(process.platform === "win32")("a configuration that is a symlink out of the repository", async () => {
    const outside = repository({ "secret.yaml": "hunter2: [a]\n" });
    const cwd = repository(overlay);
    symlinkSync(join(outside, "secret.yaml"), join(cwd, "gitops.yaml"));
    const result = await gitops(["check", "app"], { cwd });
    expect(result.stderr).toMatch(/gitops\.yaml is a link that leads out of the repository/);
    expect(result.stdout + result.stderr).not.toContain("hunter2");
    expect(result.code).toBe(2);
  });

  /** Root may write everywhere, so a file in place of the folder stands for a folder that cannot be written to. */
  test.each([
    ["render", ["render", "app", "--out", "taken/out"]] as const,
    ["check", ["check", "app", "-o", "json=taken/report.json"]] as const,
  ])("a place that cannot be written to: %s", async (_, args) => {
    const result = await gitops(args, { cwd: repository({ ...overlay, taken: "" }) });
    expect(result.stderr).toMatch(/cannot (?:write|make|create).*taken/);
    expect(result.stdout + result.stderr).not.toMatch(trace);
    expect(result.code).toBe(2);
  });

  test.skipIf(process.getuid?.() === 0)("a read-only folder", async () => {
    const cwd = repository(overlay);
    mkdirSync(join(cwd, "out"), { mode: 0o500 });
    const result = await gitops(["render", "app", "--out", "out/here"], { cwd });
    expect(result.stderr).toMatch(/cannot .*out/);
    expect(result.code).toBe(2);
  });
});
