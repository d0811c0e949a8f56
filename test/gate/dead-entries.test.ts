import { execFile } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { loadAll } from "js-yaml";
import { expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../tools/core/json.ts";
import { sourceReader } from "../../tools/gate/sources.ts";
import { deadEntries, type Followed } from "../../tools/gate/target/dead-entries.ts";
import { PartialRenderings } from "../../tools/gate/target/partial-renderings.ts";
import { closure } from "../../tools/load/closure.ts";
import { ComponentUsers } from "../../tools/load/component-users.ts";
import { canonical } from "../../tools/render/canonical.ts";
import { findKustomize } from "../../tools/render/kustomize.ts";
import { SharedBases } from "../../tools/trace/accumulate.ts";
import { SourceFiles } from "../../tools/trace/files.ts";
import { pinnedKustomize, repository, writeFilesIn } from "../run.ts";
import { arbitraryRepository, type Kustomizations, manifests } from "./kustomizations.ts";

// Compared with brute force: kustomize renders every kustomization without each entry. By default, one repository is checked
// for false reports; GITOPS_TEST_RUNS=20 checks 20 repositories, also for missed entries, which takes minutes.

const kustomize = await findKustomize({ flag: pinnedKustomize(), env: {} });
const looksForMisses = process.env.GITOPS_TEST_RUNS !== undefined;
const runs = Number(process.env.GITOPS_TEST_RUNS ?? 1);

/** The state that the targets of a repository share. */
function followed(root: string): Followed {
  return { files: new SourceFiles(sourceReader(root)), bases: new SharedBases(), users: new ComponentUsers(root) };
}

/** An entry: the folder of its kustomization, the field, and the index or key. */
type Entry = readonly [folder: string, field: string, token: number | string];

const fields = ["patches", "patchesStrategicMerge", "images", "replicas", "labels", "commonLabels"];

function entriesOf(all: Kustomizations): Entry[] {
  return Object.entries(all).flatMap(([folder, object]) =>
    fields.flatMap((field) => {
      const value = object[field] ?? [];
      const tokens = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value as JsonObject);
      return tokens.map((token): Entry => [folder, field, token]);
    }),
  );
}

function without(all: Kustomizations, left: readonly Entry[]): Kustomizations {
  const kept = (folder: string, field: string, value: Json): Json | undefined => {
    const isLeft = (token: number | string) => left.some((one) => `${one}` === `${[folder, field, token]}`);
    if (Array.isArray(value)) return value.filter((_, index) => !isLeft(index));
    if (!isObject(value)) return value;
    const rest = Object.entries(value).filter(([key]) => !isLeft(key));
    return rest.length === 0 ? undefined : Object.fromEntries(rest);
  };
  return Object.fromEntries(
    Object.entries(all).map(([folder, object]) => [
      folder,
      Object.fromEntries(Object.entries(object).map(([field, value]) => [field, kept(folder, field, value as Json)])),
    ]),
  ) as Kustomizations;
}

const filesOf = (all: Kustomizations) =>
  Object.fromEntries(Object.entries(all).map(([folder, one]) => [`${folder}/kustomization.yaml`, JSON.stringify(one)]));

/** A kustomization rendered in canonical style; undefined if that fails. */
async function rendered(folder: string): Promise<string | undefined> {
  const text = await built(folder);
  return text === undefined ? undefined : canonical((loadAll(text) as JsonObject[]).map((object) => ({ object })));
}

function built(folder: string): Promise<string | undefined> {
  const [program, ...args] = kustomize.command;
  return new Promise((resolve) => {
    execFile(program, [...args, folder], (error, stdout) => resolve(error ? undefined : stdout));
  });
}

const roots = ["base", "one", "two"];

/** Whether everything renders as before without some entries; stops at the first kustomization that does not. */
async function isSame(root: string, all: Kustomizations, left: readonly Entry[], before: readonly unknown[]) {
  writeFilesIn(root, filesOf(without(all, left)));
  for (const name of roots) if ((await rendered(join(root, name))) !== before[roots.indexOf(name)]) return false;
  return true;
}

/** The dead entries that are reported, target by target as in the gate. */
async function reported(root: string): Promise<Entry[]> {
  const renderings = new PartialRenderings(root);
  const shared = followed(root);
  const found = new Map<string, Entry>();
  for (const path of roots) {
    const target = { path, kind: "kustomization" } as const;
    const text = await built(join(root, path));
    const subjects = [{ target, closure: closure(target, { cwd: root }), kustomize, text }];
    const dead = await deadEntries(subjects, renderings, shared);
    for (const { file, field, token } of dead) {
      const entry: Entry = [file.split("/")[0] ?? "", field, token];
      found.set(`${entry}`, entry);
    }
  }
  return [...found.values()];
}

/** Whether a patch asserts something, and so is meant to change nothing. */
const asserts = (all: Kustomizations, [folder, field, token]: Entry) =>
  field === "patches" && JSON.stringify((all[folder]?.patches as Json[] | undefined)?.[Number(token)]).includes("test");

/** The entries that are not reported although removing them, besides the reported ones, changes nothing. */
async function missed(root: string, all: Kustomizations, dead: readonly Entry[], before: readonly unknown[]) {
  const isDead = (entry: Entry) => dead.some((one) => `${one}` === `${entry}`);
  const suspects: Entry[] = [];
  for (const entry of entriesOf(all).filter((one) => !isDead(one) && !asserts(all, one)))
    if (await isSame(root, all, [entry, ...dead], before)) suspects.push(entry);
  if (suspects.length === 0) return [];
  // A component sets defaults that its users may override: its entries must change nothing in a bare overlay, either.
  const { resources, components } = all.one as JsonObject;
  const bare = { ...all, one: { resources, components } } as Kustomizations;
  writeFilesIn(root, filesOf(bare));
  const plain = await Promise.all(roots.map((name) => rendered(join(root, name))));
  const found: Entry[] = [];
  for (const entry of suspects)
    if (entry[0] !== "part" || (await isSame(root, bare, [entry, ...dead], plain))) found.push(entry);
  return found;
}

test("reported entries change nothing", { timeout: 600_000 }, async () => {
  const root = repository(manifests);
  let some = 0;
  await fc.assert(
    fc.asyncProperty(arbitraryRepository, async (all) => {
      writeFilesIn(root, filesOf(all));
      const before = await Promise.all(roots.map((name) => rendered(join(root, name))));
      fc.pre(!before.includes(undefined));
      const dead = await reported(root);
      some += dead.length;
      expect(await isSame(root, all, dead, before), "without all of them").toBe(true);
      if (dead.length > 1)
        for (const entry of dead) expect(await isSame(root, all, [entry], before), `without ${entry}`).toBe(true);
      if (looksForMisses) for (const entry of await missed(root, all, dead, before)) expect.fail(`missed ${entry}`);
    }),
    {
      numRuns: runs,
      endOnFailure: true,
      seed: Number(process.env.GITOPS_TEST_SEED ?? 1),
    },
  );
  expect(some).toBeGreaterThan(0);
});

test("kustomize ignores a patch with a protocol for a port without one, but applies a patch without a protocol", async () => {
  const ports = (port: JsonObject) =>
    JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: { template: { spec: { containers: [{ name: "main", ports: [{ containerPort: 80, ...port }] }] } } },
    });
  const resources = ["web.yaml"];
  const all = {
    base: {
      resources,
      patches: [{ patch: ports({ protocol: "TCP", name: "http" }) }, { patch: ports({ name: "web" }) }],
    },
    one: { resources: ["../base"] },
    two: { resources: ["../base"] },
  };
  const root = repository({ ...manifests, ...filesOf(all) });
  expect(await reported(root)).toEqual([["base", "patches", 0]]);
});

test("patches that append to a list or delete a resource are not suspected", async () => {
  let comparisons = 0;
  class Counted extends PartialRenderings {
    override isSame(...of: Parameters<PartialRenderings["isSame"]>): Promise<boolean> {
      comparisons++;
      return super.isSame(...of);
    }
  }
  const append = (value: string) => [{ op: "add", path: "/spec/template/spec/containers/0/args/-", value }];
  const service = (name: string, more: JsonObject = {}) =>
    JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name }, ...more });
  const target = { kind: "Deployment" };
  const root = repository({
    "web.yaml": JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: { template: { spec: { containers: [{ name: "main", args: ["serve"] }] } } },
    }),
    "services.yaml": ["a", "b"].map((name) => service(name, { spec: { type: "ClusterIP" } })).join("\n---\n"),
    "kustomization.yaml": JSON.stringify({
      resources: ["web.yaml", "services.yaml"],
      patches: [
        { target, patch: JSON.stringify(append("--one")) },
        { target, patch: JSON.stringify(append("--two")) },
        { patch: service("a", { $patch: "delete" }) },
        { patch: service("b", { $patch: "delete" }) },
      ],
    }),
  });
  const shared = followed(root);
  const whole = { target: { path: ".", kind: "kustomization" }, kustomize, text: await built(root) } as const;
  const one = { ...whole, closure: closure(whole.target, { cwd: root }) };
  expect(await deadEntries([one], new Counted(root), shared)).toEqual([]);
  expect(comparisons).toBe(0);
});

test("an image entry that sets nothing is redundant, and one for an image that is not used matches nothing", async () => {
  const pod = { metadata: { name: "web" }, spec: { containers: [{ name: "main", image: "example.com/web:1" }] } };
  const root = repository({
    "web.yaml": JSON.stringify({ apiVersion: "v1", kind: "Pod", ...pod }),
    "kustomization.yaml": JSON.stringify({
      resources: ["web.yaml"],
      images: [{ name: "example.com/web" }, { name: "example.com/other", newTag: "2" }],
    }),
  });
  const target = { path: ".", kind: "kustomization" } as const;
  const one = { target, kustomize, text: await built(root), closure: closure(target, { cwd: root }) };
  const dead = await deadEntries([one], new PartialRenderings(root), followed(root));
  expect(dead.map(({ token, because }) => [token, because])).toEqual([
    [0, "equal"],
    [1, "nothing"],
  ]);
});
