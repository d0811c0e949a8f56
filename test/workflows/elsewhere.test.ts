import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { beforeAll, describe, expect, test } from "vitest";
import { commit, git, newRepository } from "../git/repository.ts";
import { pinnedKustomize, run, temporaryFolder } from "../run.ts";
import { root } from "./workflows.ts";

const web = (replicas: number) =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:1.2" }] } },
    },
  });

const shop = {
  "gitops.yaml": "targets: [live]\nprofile: baseline\n",
  "live/web.yaml": web(2),
  "live/kustomization.yaml": "resources: [web.yaml]\nnamespace: live\n",
};

/** The gate as npm packs it, installed in its own folder, with the dependencies of this repository. */
const modules = temporaryFolder();
const bin = join(modules, "node_modules/.bin");

beforeAll(() => {
  const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", modules], {
    cwd: root,
    encoding: "utf8",
  });
  const home = join(modules, "node_modules/guestbook-gitops");
  mkdirSync(home, { recursive: true });
  execFileSync("tar", ["-xzf", join(modules, packed.trim()), "--strip-components=1", "-C", home]);
  const { dependencies, bin: programs } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  for (const name of [...Object.keys(dependencies), "@install-binary"])
    symlinkSync(join(root, "node_modules", name), join(modules, "node_modules", name));
  mkdirSync(bin);
  for (const [name, path] of Object.entries<string>(programs)) {
    chmodSync(join(home, path), 0o755);
    symlinkSync(join(home, path), join(bin, name));
  }
}, 120_000);

describe("the package", () => {
  test("checks another repository with its bundled kustomize", async () => {
    const cwd = newRepository();
    commit(cwd, shop);
    const { code, stdout, stderr } = await run(join(bin, "gitops"), ["check", "-o", "json"], {
      cwd,
      env: { PATH: nodeOnly(), KUSTOMIZE: "" },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout).kustomize.version).toBe("v4.5.4");
  });

  test("explains a field", async () => {
    const { code, stdout } = await run(join(bin, "gitops"), ["explain", "Deployment.spec.strategy"], { cwd: modules });
    expect({ code, explained: stdout.includes("Recreate") }).toEqual({ code: 0, explained: true });
  });
});

describe("pre-commit", () => {
  const hooks = load(readFileSync(join(root, ".pre-commit-hooks.yaml"), "utf8")) as {
    id: string;
    entry: string;
    language: string;
  }[];

  test.each(hooks)("$id runs a command of the package", async ({ entry, language }) => {
    const [program = "", ...args] = entry.split(" ");
    const cwd = newRepository();
    commit(cwd, {
      ...shop,
      "gitops.yaml": `${shop["gitops.yaml"]}generate: { models: models.mjs }\n`,
      "models.mjs": "export const models = [];\n",
    });
    const { code, stderr } = await run(join(bin, program), args, { cwd, env: { KUSTOMIZE: pinnedKustomize() } });
    expect({ code, stderr, language }).toEqual({ code: 0, stderr: "", language: "node" });
  });

  // A generator may read, and a policy may import, any file; and pre-commit does not match the names of removed files.
  test.each(hooks)("$id always runs", (hook) => {
    expect(hook).toMatchObject({ always_run: true, pass_filenames: false });
    expect(hook).not.toHaveProperty("files");
  });
});

describe("GitLab", () => {
  const { gitops: job } = load(readFileSync(join(root, ".gitlab/gitops.yml"), "utf8")) as {
    gitops: {
      script: string[];
      artifacts: { paths: string[]; reports: { junit: string } };
      variables: Record<string, string>;
    };
  };

  const reports = [...job.script.join("\n").matchAll(/ -o \w+=(\S+)/g)].map(([, file = ""]) => file);

  /** Runs the job's script. npm installs a package with a single script that calls the gate above. */
  const script = async (cwd: string, env: Readonly<Record<string, string>>) => {
    const folder = newRepository();
    commit(folder, {
      "package.json": JSON.stringify({ name: "gate", version: "1.0.0", bin: { gitops: "gitops" } }),
      gitops: `#!/bin/sh\nexec "${bin}/gitops" "$@"\n`,
    });
    return run("sh", ["-ec", job.script.join("\n")], {
      cwd,
      env: {
        ...job.variables,
        GITOPS_PACKAGE: `git+file://${folder}`,
        KUSTOMIZE: pinnedKustomize(),
        npm_config_cache: temporaryFolder(),
        ...env,
      },
    });
  };

  test("a merge request is compared with its base", async () => {
    const origin = newRepository();
    const base = commit(origin, shop);
    const cwd = temporaryFolder();
    git(cwd, ["clone", "-q", origin, "."]);
    commit(cwd, { "live/web.yaml": web(3) });
    const { code, stdout } = await script(cwd, {
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
    });
    expect(code).toBe(0);
    expect(stdout).toContain("scale");
    for (const file of [...job.artifacts.paths, job.artifacts.reports.junit])
      expect(existsSync(join(cwd, file)), file).toBe(true);
  });

  test("a branch is checked without a comparison, and fails with the gate", async () => {
    const cwd = newRepository();
    commit(cwd, { ...shop, "live/web.yaml": web(-1) });
    const { code } = await script(cwd, {});
    expect(code).toBe(1);
    expect(existsSync(join(cwd, job.artifacts.reports.junit))).toBe(true);
    expect(existsSync(join(cwd, "gitops-diff.md"))).toBe(false);
  });

  test("a change that does not render fails with status 1", async () => {
    const cwd = newRepository();
    const base = commit(cwd, shop);
    git(cwd, ["remote", "add", "origin", cwd]);
    git(cwd, ["checkout", "-q", "-b", "change"]);
    commit(cwd, { "live/kustomization.yaml": "resources: [gone.yaml]\n" });
    const { code, stdout } = await script(cwd, {
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
    });
    expect({ code, reported: stdout.includes("gone.yaml") }).toEqual({ code: 1, reported: true });
  });

  test("a change cannot redirect a report to another file", async () => {
    const cwd = newRepository();
    const outside = join(temporaryFolder(), "profile");
    writeFileSync(outside, "kept");
    for (const file of reports) symlinkSync(outside, join(cwd, file));
    const base = commit(cwd, shop);
    git(cwd, ["remote", "add", "origin", cwd]);
    const { code } = await script(cwd, {
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
    });
    expect({ code, outside: readFileSync(outside, "utf8") }).toEqual({ code: 0, outside: "kept" });
  });

  test("a change cannot make npm run a program", async () => {
    const cwd = newRepository();
    const mark = join(temporaryFolder(), "ran");
    commit(cwd, { ...shop, evil: `#!/bin/sh\ntouch ${mark}\nexec git "$@"\n`, ".npmrc": `git=${cwd}/evil\n` });
    chmodSync(join(cwd, "evil"), 0o755);
    expect((await script(cwd, {})).code).toBe(0);
    expect(existsSync(mark)).toBe(false);
  });
});

/** A PATH without any kustomize. */
function nodeOnly(): string {
  const folder = temporaryFolder();
  for (const name of ["node", "git"])
    symlinkSync(execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim(), join(folder, name));
  return folder;
}
