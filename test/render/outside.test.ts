import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { canonical } from "../../tools/render/canonical.ts";
import { findKustomize } from "../../tools/render/kustomize.ts";
import { renderTarget } from "../../tools/render/render.ts";
import { check, pinnedKustomize, repository } from "../run.ts";

const loadRestrictor = "LoadRestrictionsNone";
const strict = await findKustomize({ flag: pinnedKustomize(), env: {} });
const open = await findKustomize({ flag: pinnedKustomize(), env: {}, loadRestrictor });
const target = { path: "app/dev", kind: "kustomization" } as const;

const deployment = (spec: object) =>
  stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec });
const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:1" }] } };

const shared = {
  "shared/web.yaml": deployment({ selector: { matchLabels: { app: "web" } }, template }),
  "shared/more/web.yaml": stringify({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { ports: [{ port: 80 }] },
  }),
  "shared/replicas.yaml": deployment({ replicas: 3 }),
  "shared/revision.json": JSON.stringify([{ op: "add", path: "/spec/revisionHistoryLimit", value: 2 }]),
  "shared/settings.env": "TIER=gold\n",
  "shared/page.html": "<p>hello</p>\n",
  "shared/replacements.yaml": stringify([
    {
      source: { kind: "Deployment", name: "web", fieldPath: "spec.replicas" },
      targets: [
        { select: { kind: "Deployment" }, fieldPaths: ["metadata.annotations.count"], options: { create: true } },
      ],
    },
  ]),
  "shared/labels.yaml": "commonLabels:\n  - { path: metadata/labels, create: true, kind: Service }\n",
};

const kustomization = {
  namespace: "shop",
  resources: ["../../shared/web.yaml", "../../shared/more/web.yaml", "./own.yaml", "linked.yaml"],
  configMapGenerator: [
    { name: "page", files: ["../../shared/page.html", "index.html=../../shared/page.html", "own.yaml"] },
    { name: "settings", envs: ["../../shared/settings.env"] },
  ],
  patches: [
    { path: "../../shared/replicas.yaml" },
    { path: "../../shared/revision.json", target: { kind: "Deployment" } },
  ],
  replacements: [{ path: "../../shared/replacements.yaml" }],
  configurations: ["../../shared/labels.yaml"],
};

function files(object: object = kustomization) {
  return {
    ...shared,
    "app/dev/own.yaml": stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "own" } }),
    "shared/account.yaml": stringify({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "linked" } }),
    "app/dev/kustomization.yaml": stringify(object),
  };
}

function linkedRepository(object?: object): string {
  const cwd = repository(files(object));
  symlinkSync("../../shared/account.yaml", join(cwd, "app/dev/linked.yaml"));
  return cwd;
}

describe("files outside a kustomization's folder", () => {
  test("are rejected where they are named, as kustomize does", async () => {
    const cwd = linkedRepository();
    const { failed, problems } = await renderTarget(target, { cwd, kustomize: strict });
    expect(failed).toBe(true);
    const [pinned = "", ...args] = strict.command;
    expect(() => execFileSync(pinned, [...args, "app/dev"], { cwd, stdio: "pipe" })).toThrow(/security; file/);
    expect(problems.map(({ rule, file, pointer }) => `${rule} ${file} ${pointer}`)).toEqual(
      [
        "/resources/0",
        "/resources/1",
        "/resources/3",
        "/configMapGenerator/0/files/0",
        "/configMapGenerator/0/files/1",
        "/configMapGenerator/1/envs/0",
        "/patches/0/path",
        "/patches/1/path",
        "/replacements/0/path",
        "/configurations/0",
      ].map((pointer) => `render/failed app/dev/kustomization.yaml ${pointer}`),
    );
    expect(problems[0]?.help).toContain("loadRestrictor: LoadRestrictionsNone");
  });

  test("render the same as by kustomize without load restrictions", async () => {
    const cwd = linkedRepository();
    const { problems, resources } = await renderTarget(target, { cwd, kustomize: open });
    expect(problems).toEqual([]);
    const [pinned = "", ...args] = open.command;
    const own = execFileSync(pinned, [...args, "app/dev", "--load-restrictor", loadRestrictor], {
      cwd,
      encoding: "utf8",
    });
    const whole = repository({ "all.yaml": own });
    const read = await renderTarget({ path: "all.yaml", kind: "manifests" }, { cwd: whole, kustomize: undefined });
    expect(canonical(resources)).toBe(canonical(read.resources));
    expect(resources).toHaveLength(6);
  });

  test("are rejected if they are outside the repository", async () => {
    const cwd = linkedRepository({ resources: ["own.yaml", "../../../elsewhere.yaml", "/etc/hostname"] });
    const { problems } = await renderTarget(target, { cwd, kustomize: open });
    expect(problems.map(({ rule }) => rule)).toEqual(["render/outside", "render/outside"]);
  });

  test("are checked and traced under loadRestrictor, and unused entries are found", async () => {
    const patches = [...kustomization.patches, { target: { kind: "Job" }, path: "../../shared/revision.json" }];
    const cwd = linkedRepository({ ...kustomization, patches });
    const before = await check(["app"], { cwd });
    expect(before.report.targets.map(({ status }) => status)).toEqual(["error"]);
    const { report } = await check(["app"], {
      cwd: repository({
        ...files({ ...kustomization, patches, resources: kustomization.resources.slice(0, 3) }),
        "gitops.yaml": `loadRestrictor: ${loadRestrictor}`,
      }),
    });
    expect(report.targets.map(({ status, resources }) => `${status} ${resources}`)).toEqual(["invalid 5"]);
    const dead = report.findings.filter(({ rule }) => rule === "gitops/dead-patch");
    expect(dead.map(({ message }) => message)).toEqual([
      "this patch applies to nothing: the output is the same without it",
    ]);
    const own = report.findings.find(
      ({ rule }) => rule === "reliability/image-tag" || rule === "reliability/resources",
    );
    expect(own?.file).toBe("shared/web.yaml");
  });

  test.each([
    ["resources: [own.yaml]", []],
    ["resources: [own.yaml]\n#- other.yaml", ["app/other.yaml"]],
  ])("may be used by any kustomization under loadRestrictor: %j", async (text, unused) => {
    const { report } = await check(["app"], {
      cwd: repository({
        "app/kustomization.yaml": text,
        "app/own.yaml": shared["shared/more/web.yaml"],
        "app/other.yaml": shared["shared/web.yaml"],
        "gitops.yaml": `loadRestrictor: ${loadRestrictor}`,
      }),
    });
    const found = report.findings.filter(({ rule }) => rule === "gitops/unused-file");
    expect(found.map(({ file }) => file)).toEqual(unused);
  });
});
