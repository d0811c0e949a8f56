import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { evaluate } from "../../tools/policy/evaluate.ts";
import { loadPolicies } from "../../tools/policy/load.ts";
import { overlays, type Rendered, render, root } from "./guestbook.ts";

const policies = await loadPolicies(join(root, "policies", "guestbook"), root, new Set());

/** What this repository's own policies say of the objects of an overlay. */
async function judge(overlay: string, objects: readonly Rendered[]): Promise<string[]> {
  const target = { path: `overlays/${overlay}`, kind: "kustomization" } as const;
  const resources = objects.map((object) => resourceOf(object as unknown as JsonObject));
  const { problems, crashes } = await evaluate(policies, { target, resources });
  expect(crashes).toEqual([]);
  return problems.map(({ rule, pointer, of }) =>
    [rule, of && `${of.kind}/${of.name}`, pointer].filter(Boolean).join(" "),
  );
}

test.each(overlays)("overlays/%s keeps them all", async (overlay) => {
  expect(await judge(overlay, await render(`overlays/${overlay}`))).toEqual([]);
});

const find = (objects: Rendered[], kind: string, name: string) =>
  objects.find((object) => object.kind === kind && object.metadata.name === name) as Rendered;
const labelsOf = (objects: Rendered[], kind: string, name: string) =>
  find(objects, kind, name).metadata.labels as Record<string, string>;

describe("each finds what breaks it", async () => {
  const dns = await render("overlays/dns");
  test.each<[string, string, (objects: Rendered[]) => unknown, string[]]>([
    [
      "a tier without its Service",
      "dns",
      (objects) => objects.splice(objects.indexOf(find(objects, "Service", "redis-slave")), 1),
      ["guestbook/tiers"],
    ],
    [
      "a tier under another name",
      "env",
      (objects) => {
        find(objects, "Deployment", "frontend").metadata.name = "web";
      },
      ["guestbook/tiers"],
    ],
    [
      "another value of a label",
      "dns",
      (objects) => {
        labelsOf(objects, "Deployment", "redis-slave").role = "replica";
      },
      ["guestbook/labels Deployment/redis-slave /metadata/labels/role"],
    ],
    [
      "a label that is gone",
      "dns",
      (objects) => delete labelsOf(objects, "Service", "frontend").app,
      ["guestbook/labels Service/frontend /metadata/labels/app"],
    ],
    [
      "a label beside the others",
      "dns",
      (objects) => Object.assign(labelsOf(objects, "Service", "frontend"), { team: "a" }),
      [],
    ],
    [
      "an overlay that opens more than its name says",
      "dns",
      (objects) => {
        find(objects, "Service", "frontend").spec.type = "LoadBalancer";
      },
      ["guestbook/exposure Service/frontend /spec/type"],
    ],
    ["an overlay that opens less", "nodeport", () => {}, ["guestbook/exposure Service/frontend /spec"]],
    [
      "the same, said",
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
