import { expect, test } from "vitest";
import { buildArgs, builds, unrolled } from "../../tools/cluster/images.ts";
import { clusterTools } from "../../tools/cluster/tools.ts";
import { object } from "./live.ts";

const running = (image: string) =>
  object("Deployment", { template: { spec: { containers: [{ name: "c", image }] } } }, {});

test.each([
  ["ghcr.io/example/frontend:1.2", ["frontend"]],
  ["localhost:5000/frontend", ["frontend"]],
  ["example/frontend:1", ["frontend"]],
  ["ghcr.io/example/frontend:1.2@sha256:abc", []],
  ["ghcr.io/example/frontend@sha256:abc", []],
  ["gcr.io/google-samples/gb-frontend:v4", []],
  ["frontend", []],
  ["redis:8", []],
])("%s is built from %j", (image, names) => {
  expect(builds([running(image), running(image)], ["frontend", "redis"]).map(({ name }) => name)).toEqual(names);
});

test("the arguments of a build", () => {
  const words = buildArgs({ image: "example/frontend:1", name: "frontend" }).join(" ");
  expect(words).toBe("build --tag example/frontend:1 --file images/frontend/Containerfile images/frontend");
});

test.each([
  ["kind-dev", "kind load image-archive a.tar --name dev"],
  ["k3d-dev", "k3d image import a.tar --cluster dev"],
  ["minikube", "minikube image load a.tar"],
  ["docker-desktop", undefined],
])("images are loaded into %s with %s", (context, expected) => {
  const [words] = clusterTools.flatMap(({ name, load }) => {
    const args = load(context, "a.tar");
    return args ? [[name, ...args].join(" ")] : [];
  });
  expect(words).toBe(expected);
});

test("every tool that creates clusters can load images into them", () => {
  for (const { context, load } of clusterTools) expect(load(context, "a.tar")).toBeDefined();
});

test.each([
  ["a changed workload rolls out by itself", "changed", ["shop:1"], 0],
  ["a different image needs none", "unchanged", ["other:1"], 0],
  ["a rebuilt image with the same name needs one", "unchanged", ["shop:1"], 1],
] as const)("a restart: %s", (_, outcome, rebuilt, count) => {
  expect(unrolled([{ resource: running("shop:1"), outcome }], rebuilt)).toHaveLength(count);
});

test("a Pod is not restarted", () => {
  const pod = object("Pod", { containers: [{ name: "c", image: "shop:1" }] }, {});
  expect(unrolled([{ resource: pod, outcome: "unchanged" }], ["shop:1"])).toEqual([]);
});
