import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { distribute, planOf } from "../../tools/gate/shards/distribute.ts";
import type { Report } from "../../tools/report/report.ts";
import { gitops, repository } from "../run.ts";
import { files } from "./world.ts";

vi.setConfig({ testTimeout: 240_000 });

const unused = "- {rule: team/owner, reason: r, owner: o, expires: '2999-01-01'}\n";
const used = "- {rule: reliability/image-digest, target: overlays/a, reason: r, owner: o, expires: '2999-01-01'}\n";
/** A Flux Kustomization that applies a folder. */
const sync = (name: string, path: string) =>
  [
    "apiVersion: kustomize.toolkit.fluxcd.io/v1",
    "kind: Kustomization",
    `metadata: {name: ${name}, namespace: flux-system}`,
    `spec: {interval: 5m, prune: true, path: ./${path}, sourceRef: {kind: GitRepository, name: flux-system}}`,
    "",
  ].join("\n");

const policyAbout = (id: string, kind: string) =>
  `{ id: shop/${id}, severity: error, why: w, fix: f, match: { kind: ${kind} }, schema: {} }\n`;
const aboutNothing = policyAbout("slip", "ConfigMop");
/** A kind that occurs in only one of the shards. */
const aboutOne = policyAbout("one", "CustomResourceDefinition");

it("merges the reports of shards into the report of one run", async () => {
  const cwd = repository({
    ...files,
    "gitops.yaml": "targets: [overlays, crds, clusters]\nwaivers: waivers.yaml\npolicies: [policies]\n",
    "waivers.yaml": unused + used,
    "policies/slip.yaml": aboutNothing,
    "policies/one.yaml": aboutOne,
    "overlays/chart/Chart.yaml": "",
    "overlays/more.ftl.yaml": "kind: ConfigMap\nmetadata: {}\n",
    "clusters/one/a.yaml": sync("a", "overlays/a"),
    "clusters/two/b.yaml": sync("b", "overlays/a"),
  });
  const check = async (...flags: string[]) => (await gitops(["check", "--no-cache", ...flags], { cwd })).stdout;
  const whole = await check("-o", "json");
  expect((JSON.parse(whole) as Report).findings.map(({ rule }) => rule)).toContain("gitops/waiver-unused");
  expect((JSON.parse(whole) as Report).unmatched).toEqual(["shop/slip"]);
  const names = ["1.json", "2.json", "3.json"];
  for (const [index, name] of names.entries())
    writeFileSync(join(cwd, name), await check("--shard", `${index + 1}/3`, "-o", "json"));
  const merged = await gitops(["report", "merge", ...names, "-o", "json", "--costs", "costs.json"], { cwd });
  const timeless = (text: string) => text.replace(/"durationMs": \d+/, '"durationMs": 0');
  expect(timeless(merged.stdout)).toBe(timeless(whole));
  const paths = (JSON.parse(whole) as Report).targets.map(({ path }) => path);
  expect(Object.keys(JSON.parse(readFileSync(join(cwd, "costs.json"), "utf8"))).sort()).toEqual(paths);
  const again = await gitops(["report", "merge", "1.json", "2.json"], { cwd });
  expect([again.code, again.stderr]).toEqual([2, "gitops: the report of shard 3/3 is missing\n"]);
  writeFileSync(join(cwd, "3.json"), await check("--shard", "3/3", "--costs", "costs.json", "overlays", "-o", "json"));
  expect((await gitops(["report", "merge", ...names], { cwd })).stderr).toContain("are from different runs");
});

const target = (index: number) => ({ path: `overlays/${index}`, kind: "kustomization" as const });

it("distributes every target once, evenly and independently of their order", () => {
  const costs = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(costs, fc.integer({ min: 1, max: 9 }), (list, of) => {
      const targets = list.map((_, index) => target(index));
      const known = Object.fromEntries(list.map((cost, index) => [`overlays/${index}`, cost]));
      const shards = distribute(targets, of, known);
      expect(
        shards
          .flat()
          .map(({ path }) => path)
          .sort(),
      ).toEqual(targets.map(({ path }) => path).sort());
      expect(planOf(distribute([...targets].reverse(), of, known))).toBe(planOf(shards));
      const sums = shards.map((shard) => shard.reduce((sum, { path }) => sum + (known[path] ?? 0), 0));
      expect(Math.max(...sums) - Math.min(...sums)).toBeLessThanOrEqual(Math.max(...list));
    }),
  );
});
