import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DiffReport } from "../../tools/diff/report.ts";
import { through } from "../cache/world.ts";
import { commit, newRepository } from "../git/repository.ts";
import { check, type Files, gitops, writeFilesIn } from "../run.ts";
import { claim, kustomization, patched, source } from "./manifests.ts";

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of Flux */
const apps = {
  "gitops.yaml": "repository: https://example.com/fleet.git\nprofile: baseline\ntargets: [apps, clusters]\n",
  "apps/db/kustomization.yaml": "resources: [claim.yaml]\n",
  "apps/db/claim.yaml": `${claim}  storageClassName: slow\n`,
  "clusters/kustomization.yaml": "resources: [all.yaml]\n",
};

const clusters = (more = "") => ({ "clusters/all.yaml": source + kustomization("db", "apps/db", more) });

const setting = (storageClass: string) =>
  patched(`- { op: add, path: /spec/storageClassName, value: ${storageClass} }`, "PersistentVolumeClaim");

const variable = { "apps/db/claim.yaml": `${claim}  storageClassName: \${CLASS:=slow}\n` };
const settingVariable = (value: string) => clusters(`  postBuild: { substitute: { CLASS: ${value} } }\n`);

const component = (storageClass: string) => ({
  "parts/kustomization.yaml": "kind: Component\nresources: [claim.yaml]\n",
  "parts/claim.yaml": `${claim.replace("name: data", "name: more")}  storageClassName: ${storageClass}\n`,
  ...clusters("  components: [../../parts]\n"),
});

interface Case extends Record<string, unknown> {
  readonly what: string;
  /** In addition to {@link apps}. */
  readonly before: Files;
  readonly after: Files;
  /** The place of the rejected change; undefined if none is. */
  readonly rejected?: string;
}

const cases: Case[] = [
  {
    what: "a Kustomization gets a patch",
    before: clusters(),
    after: clusters(setting("fast")),
    rejected: "clusters/all.yaml:17",
  },
  {
    what: "a Kustomization loses its only patch",
    before: clusters(setting("fast")),
    after: clusters(),
    rejected: "apps/db/claim.yaml:7",
  },
  {
    what: "a patch changes",
    before: clusters(setting("fast")),
    after: clusters(setting("other")),
    rejected: "clusters/all.yaml:17",
  },
  {
    what: "a patch restates what is there",
    before: clusters(),
    after: clusters(setting("slow")),
  },
  {
    what: "a file changes, but a patch overrides it",
    before: clusters(setting("fast")),
    after: { "apps/db/claim.yaml": `${claim}  storageClassName: other\n` },
  },
  {
    what: "a patch replaces what a file set",
    before: { ...clusters(), "apps/db/claim.yaml": `${claim}  storageClassName: fast\n` },
    after: { ...clusters(setting("fast")), "apps/db/claim.yaml": claim },
  },
  {
    what: "the value of a variable changes",
    before: { ...variable, ...settingVariable("fast") },
    after: settingVariable("other"),
    rejected: "apps/db/claim.yaml:7",
  },
  {
    what: "a variable takes the place of its value",
    before: clusters(),
    after: { ...variable, ...settingVariable("slow") },
  },
  {
    what: "a file of a component changes",
    before: component("fast"),
    after: component("other"),
    rejected: "parts/claim.yaml:7",
  },
  {
    what: "a Kustomization with a patch is new",
    before: { "clusters/all.yaml": source },
    after: clusters(setting("fast")),
  },
];

describe("a change of what is added to a target", () => {
  test.each(cases)("$what", async ({ before, after, rejected }) => {
    const cwd = newRepository();
    commit(cwd, { ...apps, ...before });
    writeFilesIn(cwd, after);
    const expected = rejected === undefined ? [] : [rejected];
    for (const flags of [[], ["--no-cache"]]) {
      const { report } = await check(["--base", "main", ...flags], { cwd });
      const found = report.findings.map(({ rule, status, file, line }) => `${status} ${rule} ${file}:${line}`);
      expect(found).toEqual(expected.map((place) => `new apply/immutable-field ${place}`));
      const { stdout } = await gitops(["diff", "main", "-o", "json", ...flags], { cwd });
      const { changes } = JSON.parse(stdout) as DiffReport;
      const refused = changes.flatMap(({ fields }) => fields.filter(({ effect }) => effect === "rejected"));
      expect(refused.map(({ file, line }) => `${file}:${line}`)).toEqual(expected);
    }
  });
});
test("each side is rendered with its own kustomize", async () => {
  const cwd = newRepository();
  commit(cwd, { ...apps, ...clusters(setting("fast")) });
  const other = join(cwd, "other");
  writeFileSync(other, `#!/bin/sh\n${through("sed s/fast/other/")}\n`, { mode: 0o755 });
  const flags = ["--base-kustomize", other];
  const { report } = await check(["--base", "main", ...flags], { cwd });
  expect(report.findings.map(({ rule }) => rule)).toEqual(["apply/immutable-field"]);
  const { stdout } = await gitops(["diff", "main", ...flags], { cwd });
  expect(stdout).toContain("spec.storageClassName  other → fast");
});
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of Flux */
