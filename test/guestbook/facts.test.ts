import { describe, expect, test } from "vitest";
import { container, find, plainOverlays, render } from "./guestbook.ts";

/** The facts of each tier in the classic document. */
const tiers = [
  {
    name: "redis-master",
    labels: { app: "redis", role: "master", tier: "backend" },
    replicas: 1,
    container: "master",
    port: 6379,
    discovers: false,
  },
  {
    name: "redis-slave",
    labels: { app: "redis", role: "slave", tier: "backend" },
    replicas: 2,
    container: "slave",
    port: 6379,
    discovers: true,
  },
  {
    name: "frontend",
    labels: { app: "guestbook", tier: "frontend" },
    replicas: 3,
    container: "php-redis",
    port: 80,
    discovers: true,
  },
];

describe.each(plainOverlays)("overlays/%s keeps the document's facts", async (overlay) => {
  const objects = await render(`overlays/${overlay}`);

  test("has six objects and their namespace", () => {
    expect(objects.map((object) => object.kind).sort()).toEqual([
      ...["Deployment", "Deployment", "Deployment", "Namespace", "Service", "Service", "Service"],
    ]);
  });

  test.each(tiers)("the Deployment $name", ({ name, labels, replicas, ...tier }) => {
    const deployment = find(objects, "Deployment", name);
    expect(deployment.apiVersion).toBe("apps/v1");
    expect(deployment.metadata.labels).toEqual(labels);
    expect(deployment.spec.replicas).toBe(replicas);
    expect(deployment.spec.selector).toEqual({ matchLabels: labels });
    expect(deployment.spec.template.metadata.labels).toEqual(labels);
    const only = container(objects, name);
    expect(only.name).toBe(tier.container);
    expect(only.resources).toEqual({ requests: { cpu: "100m", memory: "100Mi" } });
    expect(only.ports.map((port: { containerPort: number }) => port.containerPort)).toEqual([tier.port]);
    const from = overlay === "env" ? "env" : "dns";
    expect(only.env).toEqual(tier.discovers ? [{ name: "GET_HOSTS_FROM", value: from }] : undefined);
  });

  test.each(tiers)("the Service $name", ({ name, labels, port }) => {
    const service = find(objects, "Service", name);
    expect(service.apiVersion).toBe("v1");
    expect(service.metadata.labels).toEqual(labels);
    expect(service.spec.selector).toEqual(labels);
    expect(service.spec.ports).toEqual([name === "redis-master" ? { port, targetPort: 6379 } : { port }]);
  });

  test("uses the document's images", () => {
    expect(container(objects, "redis-master").image).toMatch(/^redis:\d+\.\d+\.\d+-alpine$/);
    expect(container(objects, "redis-slave").image).toBe(container(objects, "redis-master").image);
    expect(container(objects, "frontend").image).toBe("gcr.io/google-samples/gb-frontend:v4");
  });

  test("the document's cleanup selects every Deployment and Service", () => {
    const selected = objects
      .filter((object) => ["Deployment", "Service"].includes(object.kind))
      .filter((object) => ["redis", "guestbook"].includes(object.metadata.labels?.app ?? ""));
    expect(selected).toHaveLength(6);
  });
});
