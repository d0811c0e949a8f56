import { join } from "node:path";
import { expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { rendererDifferences } from "../../tools/gate/target/renderer-parity.ts";
import { allKustomizes, findKustomize, type Kustomize, numbersOf } from "../../tools/render/kustomize.ts";
import { renderTarget } from "../../tools/render/render.ts";
import { disparities } from "../../tools/rules/gitops/renderer-parity.ts";
import { check, type Files, pinnedKustomize, repository } from "../run.ts";

const fixture = join(import.meta.dirname, "../rules/gitops/dead-patch/pass/base");

const config = (data: JsonObject, name = "settings") =>
  resourceOf({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });

test("the same kustomize renders the same", async () => {
  const twice = ["--kustomize", pinnedKustomize(), "--kustomize", pinnedKustomize()];
  const { report, stderr } = await check([".", ...twice], { cwd: fixture });
  expect(stderr).toBe("");
  expect(report.targets).toHaveLength(1);
  expect(report.findings.filter(({ rule }) => rule === "gitops/renderer-parity")).toEqual([]);
}, 60_000);

test("resources that another kustomize changes, omits or adds are reported, without their values", () => {
  const [a, b] = [config({ colour: "secret-a", size: "1" }), config({ colour: "secret-b", size: "2" })];
  const differences = disparities([a, config({}, "mine")], [config({}, "theirs"), b], "kustomize v9");
  expect(differences.map(({ pointer, message }) => `${pointer} ${message}`)).toEqual([
    "/data/colour kustomize v9 renders data.colour and 1 more differently",
    " kustomize v9 does not render this resource",
    " kustomize v9 also renders v1/ConfigMap/theirs",
  ]);
});

test("the order of resources does not matter", () => {
  const [a, b] = [config({ a: "1" }, "a"), config({ b: "1" }, "b")];
  expect(disparities([a, b], [b, a], "kustomize v9")).toEqual([]);
});

/** The pinned kustomize, and a version 5 if this machine has one. */
const pinned = await findKustomize({ flag: pinnedKustomize(), env: {} });
const modern = (await allKustomizes({ env: process.env })).find(({ version }) => numbersOf(version)[0] >= 5);

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "example.com/web:1" }] }
`;

async function differences(files: Files, other: Kustomize, by = pinned): Promise<string[]> {
  const cwd = repository({ "web.yaml": deployment, ...files });
  const target = { path: ".", kind: "kustomization" } as const;
  const { failed, resources } = await renderTarget(target, { cwd, kustomize: by });
  expect(failed).toBe(false);
  const found = await rendererDifferences(target, resources, [other], cwd);
  return found.map(({ resource, pointer, message }) =>
    [resource?.kind, pointer, message.replaceAll(other.version, "V")].filter(Boolean).join(" "),
  );
}

// These need a real kustomize of another version to compare the pinned one with.
test.runIf(modern !== undefined).each<[string, JsonObject]>([
  [
    "patches, images, labels and prefixes",
    {
      resources: ["web.yaml"],
      namePrefix: "x-",
      labels: [{ pairs: { team: "a" } }],
      images: [{ name: "example.com/web", newTag: "2" }],
      patches: [{ target: { kind: "Deployment" }, patch: '[{"op": "add", "path": "/spec/replicas", "value": 2}]' }],
    },
  ],
  [
    "generators with their hashes",
    {
      resources: ["web.yaml"],
      configMapGenerator: [{ name: "settings", literals: ["a=1", "b=true"] }],
      secretGenerator: [{ name: "credentials", literals: ["token=x"], type: "Opaque" }],
    },
  ],
])(
  "both render the same: %s",
  async (_, kustomization) => {
    expect(await differences({ "kustomization.yaml": JSON.stringify(kustomization) }, modern as Kustomize)).toEqual([]);
  },
  60_000,
);

test.runIf(modern !== undefined)(
  "a field that the other version does not know is reported",
  async () => {
    const labels = [{ pairs: { team: "a" }, includeTemplates: true }];
    const files = { "kustomization.yaml": JSON.stringify({ resources: ["web.yaml"], labels }) };
    const [only, ...more] = await differences(files, pinned, modern);
    expect(only).toMatch(/^kustomize V cannot render this target: .*includeTemplates/);
    expect(more).toEqual([]);
  },
  60_000,
);

// 4.5.4 differs from 5.5.0 and 5.8.2: a null annotation becomes "" in one, and "null" in the other.
test.runIf(modern !== undefined)(
  "a value that both render differently is reported at its field",
  async () => {
    const noted = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "noted", annotations: { note: null } } };
    const files = {
      "noted.yaml": JSON.stringify({ ...noted, data: { a: "b" } }),
      "kustomization.yaml": "resources: [web.yaml, noted.yaml]",
    };
    const where = "ConfigMap /metadata/annotations/note kustomize V renders metadata.annotations.note differently";
    expect(await differences(files, modern as Kustomize)).toEqual([where]);
    expect(await differences(files, pinned, modern)).toEqual([where]);
  },
  60_000,
);

/** The pinned kustomize behind a script that edits its output: simulates another version on any machine. */
function altered(from: string, to: string): Kustomize {
  const script = `
    const { spawnSync } = require("node:child_process");
    const [program, ...args] = [...${JSON.stringify(pinned.command)}, ...process.argv.slice(1)];
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
    process.stdout.write(stdout.replaceAll(${JSON.stringify(from)}, ${JSON.stringify(to)}));
    process.stderr.write(stderr);
    process.exitCode = status;`;
  return { ...pinned, command: [process.execPath, "-e", script, "--"], version: "v9.0.0" };
}

test("differences from a simulated version are reported", async () => {
  if (modern === undefined) console.warn("no kustomize 5 on this machine: real versions are not compared");
  const files = { "kustomization.yaml": "resources: [web.yaml]" };
  expect(await differences(files, altered("image: example.com/web:1", "image: example.com/web:2"))).toEqual([
    "Deployment /spec/template/spec/containers/0/image kustomize V renders spec.template.spec.containers[web].image differently",
  ]);
  expect(await differences(files, altered("kind: Deployment", "kind: DaemonSet"))).toEqual([
    "Deployment kustomize V does not render this resource",
    "kustomize V also renders apps/v1/DaemonSet/web",
  ]);
  expect(await differences(files, altered("nothing of it", "nothing"))).toEqual([]);
}, 60_000);

test("a version that fails is reported", async () => {
  const refusing: Kustomize = { ...pinned, command: [process.execPath, "-e", "process.exit(3)"], version: "v9.0.0" };
  expect(await differences({ "kustomization.yaml": "resources: [web.yaml]" }, refusing)).toEqual([
    "kustomize V cannot render this target: kustomize V exited with status 3 and no message",
  ]);
});
