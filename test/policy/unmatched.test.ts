import { expect, test } from "vitest";
import { check, gitops, repository } from "../run.ts";

const policy = (id: string, match: string) =>
  `id: ${id}\nseverity: error\nwhy: Somebody is called at night.\nfix: Add it.\n${match}schema: { required: [metadata] }\n`;

const files = {
  "gitops.yaml": "targets: [apps, more]\npolicies: [policies]\nprofile: baseline\n",
  "policies/shop/config.yaml": policy("shop/config", "match: { kind: ConfigMap, name: b }\n"),
  "policies/shop/all.yaml": policy("shop/all", ""),
  "policies/shop/slip.yaml": policy("shop/slip", "match: { kind: ConfigMpa }\n"),
  "policies/shop/gone.yaml": policy("shop/gone", "match: { target: apps/gone }\n"),
  "policies/shop/case.yaml":
    "id: shop/case\nseverity: error\nwhy: Somebody is called at night.\nfix: Add it.\nmatch: { kind: ConfigMap }\n" +
    "deny: [{ match: { name: c }, message: not c }]\n",
  "apps/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n",
  "more/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: b }\n",
};

test("a policy that matches nothing in the whole repository is reported, with and without the cache", async () => {
  const cwd = repository(files);
  for (const _ of [1, 2]) {
    const { report } = await check([], { cwd });
    expect(report.unmatched).toEqual(["shop/case", "shop/gone", "shop/slip"]);
    expect(report.summary).toMatchObject({ errors: 0, warnings: 0 });
  }
  const { stdout, code } = await gitops(["check"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("\n! shop/slip matches no resource in any target\n");
});

test("not for one target, for a shard, if it is off, or if something could not be judged", async () => {
  const cwd = repository(files);
  for (const args of [["apps"], ["--shard", "1/2"]])
    expect((await check(args, { cwd })).report).not.toHaveProperty("unmatched");
  const off = "rules: { shop/slip: { severity: off, reason: not yet } }\n";
  const { report } = await check([], { cwd: repository({ ...files, "gitops.yaml": files["gitops.yaml"] + off }) });
  expect(report.unmatched).toEqual(["shop/case", "shop/gone"]);
  const broken = { ...files, "more/b.yaml": "apiVersion: v1\nkind: [\n" };
  expect((await check([], { cwd: repository(broken) })).report).not.toHaveProperty("unmatched");
});
