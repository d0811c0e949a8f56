// A configuration named with --config applies to both sides of a change.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commit, newRepository } from "../git/repository.ts";
import { check, gitops, temporaryFolder, triples, writeFilesIn } from "../run.ts";

const map = (name: string, data = "{}") =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\ndata: ${data}\n`;
const wrong = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: odd, namespace: shop }\nspec: 1\n";
const waiver = "- { rule: schema/unknown-field, reason: r, owner: o, expires: '2999-01-01' }\n";

const shop = {
  "prod-gitops.yaml": "targets: [prod]\nwaivers: waivers.yaml\n",
  "waivers.yaml": waiver,
  "prod/map.yaml": map("prod"),
  "prod/odd.yaml": wrong,
  "prod/kustomization.yaml": "resources: [map.yaml, odd.yaml]\n",
  "dev/map.yaml": map("dev"),
  "dev/kustomization.yaml": "resources: [map.yaml]\n",
};

/** A repository with these files committed. */
function committed(): string {
  const cwd = newRepository();
  commit(cwd, shop);
  return cwd;
}

/** The flags that name its configuration, relative to the folder where the gate runs, and absolute. */
const configFlags = (cwd: string, from = cwd): string[][] => [
  ["--config", from === cwd ? "prod-gitops.yaml" : "../prod-gitops.yaml"],
  ["--config", join(cwd, "prod-gitops.yaml")],
];

describe("at the base of a check", () => {
  test("other targets do not count as deleted, and its waivers apply", async () => {
    const cwd = committed();
    for (const from of [cwd, join(cwd, "dev")])
      for (const flags of configFlags(cwd, from))
        for (const cache of [[], ["--no-cache"]]) {
          const { code, report } = await check(["--base", "HEAD", "--max-deletions", "0", ...flags, ...cache], {
            cwd: from,
          });
          expect({ code, fixed: report.fixed, waived: report.summary.waived }).toEqual({
            code: 0,
            fixed: [],
            waived: 1,
          });
        }
  });

  test("the current one is used if the base has none", async () => {
    const cwd = newRepository();
    const { "prod-gitops.yaml": config, ...before } = shop;
    commit(cwd, before);
    writeFilesIn(cwd, { "prod-gitops.yaml": config, "dev/map.yaml": map("dev", "{ a: b }") });
    const { code, report } = await check(["--base", "HEAD", "--max-deletions", "0", "--config", "prod-gitops.yaml"], {
      cwd,
    });
    expect({ code, found: triples(report), fixed: report.fixed }).toEqual({
      code: 0,
      found: ["schema/unknown-field prod/odd.yaml:4"],
      fixed: [],
    });
  });
});

describe("a diff", () => {
  test("covers the targets of the configuration", async () => {
    const cwd = committed();
    for (const flags of configFlags(cwd)) {
      const { code, stdout } = await gitops(["diff", "HEAD", ...flags], { cwd });
      expect([code, stdout]).toEqual([0, expect.stringContaining("1 target unchanged: nothing changes")]);
    }
  });

  test("of two revisions uses the configuration of each", async () => {
    const cwd = committed();
    commit(cwd, { "prod/map.yaml": map("prod", "{ a: b }"), "dev/map.yaml": map("dev", "{ a: b }") });
    writeFilesIn(cwd, { "prod-gitops.yaml": "targets: [dev]\n" });
    for (const flags of configFlags(cwd)) {
      const { code, stdout } = await gitops(["diff", "HEAD~1", "HEAD", ...flags], { cwd });
      expect([code, stdout]).toEqual([0, expect.stringContaining("prod  changed")]);
      expect(stdout).toContain("✓ 1 target changed");
    }
  });

  test("of two revisions needs a configuration in the repository", async () => {
    const cwd = committed();
    const elsewhere = temporaryFolder();
    writeFilesIn(elsewhere, { "gitops.yaml": "targets: [prod]\n" });
    const { code, stderr } = await gitops(["diff", "HEAD", "HEAD", "--config", join(elsewhere, "gitops.yaml")], {
      cwd,
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining(`is outside of the repository ${cwd}`)]);
  });
});
