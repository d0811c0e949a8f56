import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { container, find, kustomizes, renderTemporary, root } from "./guestbook.ts";

/** The kustomization of a base with components on top. */
const on = (base: string, ...components: string[]) =>
  `resources: [${base}]\ncomponents: [${components.map((name) => `ROOT/components/${name}`).join(", ")}]\n`;

// gce-firewall needs the Service of expose-gce; every other component works alone.
const alone = readdirSync(join(root, "components")).filter((name) => name !== "gce-firewall");

test.each(alone)("%s works alone", async (name) => {
  const objects = await renderTemporary({ ".": on("ROOT/base", name) });
  expect(objects.filter((object) => object.kind === "Deployment")).toHaveLength(3);
});

describe.each(kustomizes)("components, rendered by kustomize $version", (kustomize) => {
  test("hardened gives the master a temporary volume, and persistence replaces it with a claim", async () => {
    const volumes = async (...components: string[]) =>
      find(await renderTemporary({ ".": on("ROOT/base", ...components) }, kustomize), "Deployment", "redis-master").spec
        .template.spec.volumes;
    const claim = { name: "data", persistentVolumeClaim: { claimName: "redis-master-data" } };
    expect(await volumes("hardened")).toEqual([{ name: "data", emptyDir: { sizeLimit: "1Gi" } }]);
    expect(await volumes("hardened", "persistence")).toEqual([claim]);
    expect(await volumes("persistence")).toEqual([claim]);
  });

  test("discovery-env works with all components of production", async () => {
    const objects = await renderTemporary({ ".": on("ROOT/overlays/production", "discovery-env") }, kustomize);
    expect(container(objects, "redis-slave").env).toEqual([{ name: "GET_HOSTS_FROM", value: "env" }]);
    expect(container(objects, "redis-slave").startupProbe).toBeDefined();
  });

  test("gce-firewall opens tcp:80 on the nodes to any source", async () => {
    const firewall = find(
      await renderTemporary({ ".": on("ROOT/overlays/gce", "gce-firewall") }, kustomize),
      "ComputeFirewall",
      "kubernetes-node-80",
    );
    expect(firewall.apiVersion).toBe("compute.cnrm.cloud.google.com/v1beta1");
    expect(firewall.spec).toEqual({
      direction: "INGRESS",
      networkRef: { external: "default" },
      allow: [{ protocol: "tcp", ports: ["80"] }],
      targetTags: ["kubernetes-node"],
      sourceRanges: ["0.0.0.0/0"],
    });
  });

  test("gce-firewall allows the same sources as the Service", async () => {
    const ranges = ["203.0.113.0/24", "198.51.100.0/24"];
    const patch = JSON.stringify([{ op: "replace", path: "/spec/loadBalancerSourceRanges", value: ranges }]);
    const objects = await renderTemporary(
      {
        ".": on("limited", "gce-firewall"),
        limited: `${on("ROOT/base", "expose-gce")}patches: [{ target: { kind: Service, name: frontend }, patch: '${patch}' }]\n`,
      },
      kustomize,
    );
    expect(find(objects, "Service", "frontend").spec.loadBalancerSourceRanges).toEqual(ranges);
    expect(find(objects, "ComputeFirewall", "kubernetes-node-80").spec.sourceRanges).toEqual(ranges);
  });
});
