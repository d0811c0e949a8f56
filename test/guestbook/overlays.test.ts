import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { build, container, find, kustomizes, overlays, type Rendered, render, root } from "./guestbook.ts";

test("there are six overlays", () => {
  expect(readdirSync(join(root, "overlays")).sort()).toEqual([...overlays].sort());
});

describe.each(overlays)("overlays/%s", async (overlay) => {
  const objects = await render(`overlays/${overlay}`);
  const level = overlay === "production" ? "restricted" : "baseline";

  test("creates its own namespace", () => {
    const [first, ...others] = objects;
    expect(first?.kind).toBe("Namespace");
    expect(first?.metadata.name).toBe(`guestbook-${overlay}`);
    expect(first?.metadata.labels).toMatchObject({
      "pod-security.kubernetes.io/enforce": level,
      "pod-security.kubernetes.io/warn": level,
    });
    expect(new Set(others.map((object) => object.metadata.namespace))).toEqual(new Set([`guestbook-${overlay}`]));
  });

  test("every kustomize on this machine renders the same text", async () => {
    const [first, ...others] = await Promise.all(kustomizes.map((one) => build(`overlays/${overlay}`, one)));
    for (const other of others) expect(other).toBe(first);
  });

  test("every Service comes before every Deployment", () => {
    const kinds = objects.map((object) => object.kind);
    expect(kinds.lastIndexOf("Service")).toBeLessThan(kinds.indexOf("Deployment"));
  });

  test("every image has a full version", () => {
    for (const tier of ["redis-master", "redis-slave", "frontend"]) {
      expect(container(objects, tier).image).toMatch(/:(v4|\d+\.\d+\.\d+(-alpine)?)$/);
    }
  });

  test("is short", () => {
    const text = readFileSync(join(root, "overlays", overlay, "kustomization.yaml"), "utf8");
    expect(text.split("\n").length).toBeLessThan(20);
  });
});

describe("exposure", () => {
  test.each([
    ["dns", undefined],
    ["env", undefined],
    ["nodeport", "NodePort"],
    ["loadbalancer", "LoadBalancer"],
    ["gce", "LoadBalancer"],
    ["production", undefined],
  ])("overlays/%s: %s", async (overlay, type) => {
    const { spec } = find(await render(`overlays/${overlay}`), "Service", "frontend");
    expect(spec.type).toBe(type);
    expect(spec.ports[0].port).toBe(80);
    expect(spec.ports[0]).not.toHaveProperty("nodePort");
  });

  test("only the frontend's Service differs from overlays/dns", async () => {
    const dns = await render("overlays/dns");
    for (const overlay of ["nodeport", "loadbalancer", "gce"]) {
      const other = await render(`overlays/${overlay}`);
      expect(withoutFrontendService(other, overlay)).toEqual(withoutFrontendService(dns, "dns"));
    }
  });

  function withoutFrontendService(objects: Rendered[], overlay: string): unknown {
    const rest = objects.filter(({ kind, metadata }) => kind !== "Service" || metadata.name !== "frontend");
    return JSON.parse(JSON.stringify(rest).replaceAll(`guestbook-${overlay}`, "guestbook"));
  }
});

describe("overlays/env", async () => {
  const objects = await render("overlays/env");

  test("the slave follows the address in its environment, and its other arguments are unchanged", async () => {
    const [flag, host, ...rest] = container(objects, "redis-slave").args;
    expect([flag, host]).toEqual(["--replicaof", "$(REDIS_MASTER_SERVICE_HOST)"]);
    const [, , ...others] = container(await render("overlays/dns"), "redis-slave").args;
    expect(rest).toEqual(others);
  });

  test("Argo CD applies the consumers in a later wave than the Services", () => {
    const wave = ({ metadata }: Rendered) => Number(metadata.annotations?.["argocd.argoproj.io/sync-wave"] ?? 0);
    const services = objects.filter((object) => object.kind === "Service");
    for (const consumer of ["redis-slave", "frontend"]) {
      for (const service of services)
        expect(wave(find(objects, "Deployment", consumer))).toBeGreaterThan(wave(service));
    }
    expect(wave(find(objects, "Namespace", "guestbook-env"))).toBe(0);
  });

  test("no pod template disables Service links", () => {
    for (const { kind, spec } of objects) {
      if (kind === "Deployment") expect(spec.template.spec.enableServiceLinks).not.toBe(false);
    }
  });
});

describe("kustomizations", () => {
  const paths = ["base", "components", "overlays", "clusters"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith("kustomization.yaml"))
      .map((path) => `${folder}/${path}`),
  );

  test.each(paths)("%s uses only fields that every supported kustomize has and none deprecates", (path) => {
    const fields = Object.keys(load(readFileSync(join(root, path), "utf8")) as object);
    const common = ["apiVersion", "kind", "resources", "components", "namespace", "patches", "images", "replacements"];
    expect(fields.filter((field) => !common.includes(field))).toEqual([]);
  });
});
