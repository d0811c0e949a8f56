// A configuration that --config names counts on both sides of a change.
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

/** The repository, and the words that name its configuration from where the gate is run. */
function committed(): string {
  const cwd = newRepository();
  commit(cwd, shop);
  return cwd;
}

const named = (cwd: string, from = cwd): string[][] => [
  ["--config", from === cwd ? "prod-gitops.yaml" : "../prod-gitops.yaml"],
  ["--config", join(cwd, "prod-gitops.yaml")],
];

describe("at the base of a check", () => {
  test("targets that it does not name are not deleted, and what it waives is waived", async () => {
    const cwd = committed();
    for (const from of [cwd, join(cwd, "dev")])
      for (const words of named(cwd, from))
        for (const cache of [[], ["--no-cache"]]) {
          const { code, report } = await check(["--base", "HEAD", "--max-deletions", "0", ...words, ...cache], {
            cwd: from,
          });
          expect({ code, fixed: report.fixed, waived: report.summary.waived }).toEqual({
            code: 0,
            fixed: [],
            waived: 1,
          });
        }
  });

  test("it is today's where the base has none", async () => {
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
  test("is of the targets that it names", async () => {
    const cwd = committed();
    for (const words of named(cwd)) {
      const { code, stdout } = await gitops(["diff", "HEAD", ...words], { cwd });
      expect([code, stdout]).toEqual([0, expect.stringContaining("1 target unchanged: nothing changes")]);
    }
  });

  test("of two revisions takes it from each of them", async () => {
    const cwd = committed();
    commit(cwd, { "prod/map.yaml": map("prod", "{ a: b }"), "dev/map.yaml": map("dev", "{ a: b }") });
    writeFilesIn(cwd, { "prod-gitops.yaml": "targets: [dev]\n" });
    for (const words of named(cwd)) {
      const { code, stdout } = await gitops(["diff", "HEAD~1", "HEAD", ...words], { cwd });
      expect([code, stdout]).toEqual([0, expect.stringContaining("prod  changed")]);
      expect(stdout).toContain("✓ 1 target changed");
    }
  });

  test("of two revisions needs one that they have", async () => {
    const cwd = committed();
    const elsewhere = temporaryFolder();
    writeFilesIn(elsewhere, { "gitops.yaml": "targets: [prod]\n" });
    const { code, stderr } = await gitops(["diff", "HEAD", "HEAD", "--config", join(elsewhere, "gitops.yaml")], {
      cwd,
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining(`is outside of the repository ${cwd}`)]);
  });
});
