import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { evaluate } from "../../tools/policy/evaluate.ts";
import { loadPolicies } from "../../tools/policy/load.ts";
import { overlays, type Rendered, render, root } from "./guestbook.ts";

const policies = await loadPolicies(join(root, "policies", "guestbook"), root, new Set());

/** Evaluates this repository's own policies on the objects of an overlay. @returns `rule resource pointer` per problem */
async function judge(overlay: string, objects: readonly Rendered[]): Promise<string[]> {
  const target = { path: `overlays/${overlay}`, kind: "kustomization" } as const;
  const resources = objects.map((object) => resourceOf(object as unknown as JsonObject));
  const { problems, crashes } = await evaluate(policies, { target, resources });
  expect(crashes).toEqual([]);
  return problems.map(({ rule, pointer, of }) =>
    [rule, of && `${of.kind}/${of.name}`, pointer].filter(Boolean).join(" "),
  );
}

test.each(overlays)("overlays/%s passes all policies", async (overlay) => {
  expect(await judge(overlay, await render(`overlays/${overlay}`))).toEqual([]);
});

const find = (objects: Rendered[], kind: string, name: string) =>
  objects.find((object) => object.kind === kind && object.metadata.name === name) as Rendered;
const labelsOf = (objects: Rendered[], kind: string, name: string) =>
  find(objects, kind, name).metadata.labels as Record<string, string>;

describe("policies report violations", async () => {
  const dns = await render("overlays/dns");
  test.each<[string, string, (objects: Rendered[]) => unknown, string[]]>([
    [
      "a tier without its Service",
      "dns",
      (objects) => objects.splice(objects.indexOf(find(objects, "Service", "redis-slave")), 1),
      ["guestbook/tiers"],
    ],
    [
      "a tier with a different name",
      "env",
      (objects) => {
        find(objects, "Deployment", "frontend").metadata.name = "web";
      },
      ["guestbook/tiers"],
    ],
    [
      "a changed label value",
      "dns",
      (objects) => {
        labelsOf(objects, "Deployment", "redis-slave").role = "replica";
      },
      ["guestbook/labels Deployment/redis-slave /metadata/labels/role"],
    ],
    [
      "a removed label",
      "dns",
      (objects) => delete labelsOf(objects, "Service", "frontend").app,
      ["guestbook/labels Service/frontend /metadata/labels/app"],
    ],
    [
      "an additional label",
      "dns",
      (objects) => Object.assign(labelsOf(objects, "Service", "frontend"), { team: "a" }),
      [],
    ],
    [
      "an overlay that exposes more than its name says",
      "dns",
      (objects) => {
        find(objects, "Service", "frontend").spec.type = "LoadBalancer";
      },
      ["guestbook/exposure Service/frontend /spec/type"],
    ],
    ["an overlay that exposes less", "nodeport", () => {}, ["guestbook/exposure Service/frontend /spec"]],
    [
      "an overlay that exposes less, with an explicit type",
      "gce",
      (objects) => Object.assign(find(objects, "Service", "frontend").spec, { type: "ClusterIP" }),
      ["guestbook/exposure Service/frontend /spec/type"],
    ],
  ])("%s", async (_, overlay, change, expected) => {
    const objects = structuredClone(dns);
    change(objects);
    expect(await judge(overlay, objects)).toEqual(expected);
  });
});
