import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, inject, it, onTestFinished, test, vi } from "vitest";
import type { Report } from "../../tools/report/report.ts";
import { git } from "../git/repository.ts";
import { gitops, pinnedKustomize, temporaryFolder, tick } from "../run.ts";
import { apply, edits } from "./edits.ts";
import { triedHere, trySequences } from "./sequences.ts";
import { definition, deployment, lightFiles as files, patch, through, World } from "./world.ts";

vi.mock("../../tools/system/process.ts", async (original) =>
  (await import("./kustomize-memory.ts")).withMemory(await original()),
);
/** Parts of one or two outcomes, so that a change affects some of them and not others. */
vi.mock("../../tools/cache/memo.ts", async (original) => {
  const { Memo } = await original<typeof import("../../tools/cache/memo.ts")>();
  return {
    Memo: class extends Memo {
      constructor(file: string | undefined) {
        super(file, 1);
      }
    },
  };
});
vi.setConfig({ testTimeout: 240_000 });

function newWorld(): World {
  const world = new World();
  onTestFinished(() => world.remove());
  return world;
}

/** Expects the same results since HEAD with the cache and without it. */
async function expectTheSame(world: World, isDiffed = true): Promise<void> {
  const known = await world.check("--base", "HEAD");
  expect({ ...known, cached: [] }).toEqual(await world.check("--base", "HEAD", "--no-cache"));
  if (isDiffed) expect(await world.diff("HEAD")).toEqual(await world.diff("HEAD", "--no-cache"));
}

/** Everything is committed and checked out again, as new files with the same content. */
const checkoutAgain = "anew";

function checkOutAgain({ folder }: World): void {
  git(folder, ["add", "-A"]);
  git(folder, ["commit", "-q", "--allow-empty", "-m", "More"]);
  for (const name of readdirSync(folder)) if (name !== ".git") rmSync(join(folder, name), { recursive: true });
  rmSync(join(folder, ".git/index"));
  git(folder, ["reset", "-q", "--hard"]);
}

/** Git commands that a user may run between edits. */
const gitCommands: readonly (readonly string[])[] = [
  [],
  [],
  ["add", "-A"],
  ["commit", "-qam", "More"],
  ["update-index", "-q", "--refresh"],
  ["update-index", "--assume-unchanged", "base/web.yaml"],
  ["update-index", "--skip-worktree", "overlays/b/settings.txt"],
  ["rm", "-q", "--cached", "middle/kustomization.yaml"],
  ["stash", "-q"],
  [checkoutAgain],
  [checkoutAgain],
];

function runGit(world: World, args: readonly string[]): void {
  try {
    if (args[0] === checkoutAgain) checkOutAgain(world);
    else if (args.length > 0) git(world.folder, args);
  } catch {
    // The command does not apply to this state.
  }
}

/** A tenth of the sequences of cached.test.ts, as each one takes longer. */
const tried = triedHere(3, 0.1);

it(
  `check --base reports what --no-cache does, after any of ${tried.sequences} sequences of edits`,
  async () => {
    const world = newWorld();
    const sequences = fc.tuple(edits, edits, edits, fc.constantFrom(...gitCommands), fc.nat());
    await trySequences("base", sequences, tried, async ([before, after, last, gitCommand, between], index) => {
      world.reset();
      // One in twenty runs the built program in a process of its own.
      world.program = index % 20 === 19 ? inject("gitops") : undefined;
      apply(before, world);
      world.commit();
      if (between % 2 === 0) await world.check();
      // Files as recent as Git's look at them are not sealed.
      if (between % 3 > 0) await tick();
      if (between % 3 > 0) await world.check("--base", "HEAD");
      apply(after, world);
      if (between % 11 > 5) await tick();
      if (between % 11 > 5) await world.check("--base", "HEAD");
      runGit(world, gitCommand);
      if (between % 5 > 1) await world.check("--base", "HEAD");
      if (between % 5 > 1) apply(last, world);
      if (between % 7 > 3) {
        const known = await world.check();
        expect({ ...known, cached: [] }).toEqual(await world.check("--no-cache"));
      }
      // Files that Git ignores or no longer has may have changed; a diff reports targets that do not render on either side.
      await expectTheSame(world, gitCommand[0] !== "update-index" && gitCommand[0] !== "rm");
    });
  },
  60_000 + tried.sequences * 60_000,
);

/** A change, and the files and setup that it needs in addition to the initial state. */
interface History {
  readonly does: (world: World) => void;
  readonly before?: Readonly<Record<string, string>>;
  readonly setUp?: (world: World) => void;
}

const faulty = deployment("web", 3).replace("replicas", "replica");
const move = (world: World, from: string, to: string) => renameSync(world.path(from), world.path(to));
const sync = (path: string) =>
  JSON.stringify({
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: path.replaceAll(/\W/g, ""), namespace: "flux-system" },
    spec: { interval: "10m", path, prune: true, sourceRef: { kind: "GitRepository", name: "r" } },
  });
/** A component that sets how many replicas there are. */
const scaling = (replicas: number) =>
  `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{target: {kind: Deployment}, patch: '${patch(replicas).trim()}'}]\n`;
const labels = "overlays/a/kustomization.yaml";

/** Two folders; a symlink selects one of them. */
const behindCurrent = {
  "one/kustomization.yaml": "resources: [web.yaml]\n",
  "one/web.yaml": deployment("web", 1),
  "two/kustomization.yaml": "resources: [web.yaml]\n",
  "two/web.yaml": faulty,
  [labels]: "resources: [../../current]\n",
};

/** A component without effect on its user: whether it is reported depends on its effect on other users. */
const idle = {
  "components/scale/kustomization.yaml": scaling(1),
  [labels]: "resources: [../../base]\ncomponents: [../../components/scale]\n",
};
/** A user on which it has an effect. */
const user = {
  "elsewhere/kustomization.yaml": "resources: [web.yaml]\ncomponents: [../components/scale]\n",
  "elsewhere/web.yaml": deployment("web", 5),
};

const histories: Readonly<Record<string, History>> = {
  nothing: { does: () => {} },
  "a new user of a component": {
    before: idle,
    does: (world) => {
      for (const [path, text] of Object.entries(user)) world.write(path, text);
    },
  },
  "a removed user of a component": {
    before: { ...idle, ...user },
    does: (world) => rmSync(world.path("elsewhere"), { recursive: true }),
  },
  "a kustomization that becomes a user of a component": {
    before: { ...idle, ...user, "elsewhere/kustomization.yaml": "resources: [web.yaml]\n" },
    does: (world) => world.write("elsewhere/kustomization.yaml", user["elsewhere/kustomization.yaml"]),
  },
  "a user that uses a component as a transformer": {
    before: { ...idle, ...user },
    does: (world) =>
      world.write(
        "elsewhere/kustomization.yaml",
        user["elsewhere/kustomization.yaml"].replace("components", "transformers"),
      ),
  },
  "the resources of a component's user": {
    before: { ...idle, ...user },
    does: (world) => world.write("elsewhere/web.yaml", deployment("web", 1)),
  },
  "a base two levels up": { does: (world) => world.write("base/web.yaml", faulty) },
  "a base that was wrong": {
    before: { "base/web.yaml": faulty },
    does: (world) => world.write("base/web.yaml", deployment("web", 1)),
  },
  "a patch of an overlay, with an older mistake elsewhere": {
    before: { "middle/kustomization.yaml": "resources: [../base]\nimages: [{name: none, newTag: x}]\n" },
    does: (world) => world.write("overlays/b/patch.yaml", patch(7)),
  },
  "an immutable field": {
    does: (world) => world.write("base/web.yaml", deployment("web", 1).replaceAll("app: web", "app: new")),
  },
  "a component that moved": {
    does: (world) => {
      move(world, "components", "parts");
      world.write(labels, "resources: [../../middle]\ncomponents: [../../parts/labels]\nnamespace: a\n");
    },
  },
  "a generator's input": { does: (world) => world.write("overlays/b/settings.txt", "one=2\n") },
  "a deleted input of a generator": { does: (world) => rmSync(world.path("overlays/b/settings.txt")) },
  "a file that nothing uses": { does: (world) => world.write("overlays/a/more.yaml", deployment("more", 1)) },
  "a second kustomization file": { does: (world) => world.write("overlays/b/kustomization.yml", "resources: []\n") },
  "a second kustomization file in place of a symlink, which kustomize does not follow": {
    setUp: (world) => symlinkSync("../../base/kustomization.yaml", world.path("overlays/b/kustomization.yml")),
    does: (world) => {
      rmSync(world.path("overlays/b/kustomization.yml"));
      world.write("overlays/b/kustomization.yml", "resources: []\n");
    },
  },
  "a definition in another target": { does: (world) => world.write("crds/box.json", definition("string")) },
  "a deleted definition": { does: (world) => rmSync(world.path("crds"), { recursive: true }) },
  "the configuration": {
    does: (world) => world.write("gitops.yaml", "targets: [overlays/b, crds]\npolicies: [policies]\nprofile: strict\n"),
  },
  "a policy": {
    does: (world) =>
      world.write(
        "policies/more.yaml",
        "id: team/more\nseverity: error\nwhy: w\nfix: f\nmatch: {kind: Deployment}\nschema: {required: [none]}\n",
      ),
  },
  "stale waivers": {
    before: { "waivers.yaml": "- {rule: schema/unknown-field, reason: r, owner: o, expires: '2999-01-01'}\n" },
    does: (world) => world.write("overlays/b/patch.yaml", patch(5)),
  },
  "a renamed overlay": {
    before: { "base/web.yaml": faulty },
    does: (world) => move(world, "overlays/a", "overlays/z"),
  },
  "a deleted overlay, and a new one": {
    does: (world) => {
      rmSync(world.path("overlays/a"), { recursive: true });
      world.write("overlays/new/kustomization.yaml", "resources: [../../middle]\nnamespace: new\n");
    },
  },
  "an overlay that another one uses now": {
    does: (world) => world.write("overlays/b/kustomization.yaml", "resources: [../a]\nnamespace: b\n"),
  },
  "loose manifests next to overlays": { does: (world) => world.write("overlays/loose.yaml", faulty) },
  "a symlink in place of a file": {
    before: { "overlays/b/other.yaml": patch(9) },
    does: (world) => {
      rmSync(world.path("overlays/b/patch.yaml"));
      symlinkSync("other.yaml", world.path("overlays/b/patch.yaml"));
    },
  },
  "a symlink that now leads to another folder": {
    before: behindCurrent,
    setUp: (world) => symlinkSync("one", world.path("current")),
    does: (world) => {
      rmSync(world.path("current"));
      symlinkSync("two", world.path("current"));
    },
  },
  "a symlink to a symlink that now leads to another folder": {
    before: behindCurrent,
    setUp: (world) => {
      symlinkSync("one", world.path("chosen"));
      symlinkSync("chosen", world.path("current"));
    },
    does: (world) => {
      rmSync(world.path("chosen"));
      symlinkSync("two", world.path("chosen"));
    },
  },
  "a symlink to a deleted file": {
    before: { "overlays/b/other.yaml": patch(9) },
    setUp: (world) => {
      rmSync(world.path("overlays/b/patch.yaml"));
      symlinkSync("other.yaml", world.path("overlays/b/patch.yaml"));
    },
    does: (world) => rmSync(world.path("overlays/b/other.yaml")),
  },
  "a kustomization that is a symlink to a deleted file": {
    before: { "elsewhere/kustomization.yaml": "resources: [../../base]\n", "overlays/c/unused.txt": "" },
    setUp: (world) => symlinkSync("../../elsewhere/kustomization.yaml", world.path("overlays/c/kustomization.yaml")),
    does: (world) => rmSync(world.path("elsewhere"), { recursive: true }),
  },
  "components behind symlinks that are swapped": {
    before: {
      "one/kustomization.yaml": scaling(3),
      "two/kustomization.yaml": scaling(5),
      [labels]: "resources: [../../base]\ncomponents: [../../first, ../../second]\n",
    },
    setUp: (world) => {
      symlinkSync("one", world.path("first"));
      symlinkSync("two", world.path("second"));
    },
    does: (world) => {
      for (const [link, place] of [
        ["first", "two"],
        ["second", "one"],
      ] as const) {
        rmSync(world.path(link));
        symlinkSync(place, world.path(link));
      }
    },
  },
  "a change behind an unchanged symlink": {
    before: {
      "one/kustomization.yaml": "resources: [web.yaml]\n",
      "one/web.yaml": faulty,
      [labels]: "resources: [../../current]\n",
    },
    setUp: (world) => symlinkSync("one", world.path("current")),
    does: (world) => world.write("one/web.yaml", deployment("web", 1)),
  },
  "a submodule": {
    setUp: (world) => {
      git(world.folder, ["init", "-q", "overlays/a/sub"]);
      world.write("overlays/a/sub/web.yaml", deployment("sub", 1));
      git(world.path("overlays/a/sub"), ["add", "-A"]);
      git(world.path("overlays/a/sub"), ["commit", "-q", "-m", "In it"]);
      world.write(labels, "resources: [sub/web.yaml]\n");
    },
    does: () => {},
  },
  "a file that Git was told not to look at": {
    setUp: (world) => world.commit(),
    does: (world) => {
      git(world.folder, ["update-index", "--assume-unchanged", "base/web.yaml"]);
      world.write("base/web.yaml", faulty);
    },
  },
  "a file that Git ignores": {
    before: { ".gitignore": "extra.yaml\n", "base/kustomization.yaml": "resources: [web.yaml, extra.yaml]\n" },
    does: (world) => world.write("base/extra.yaml", deployment("extra", 1)),
  },
  "a remote base, before": {
    before: { [labels]: "resources: [https://example.com/base]\n" },
    does: (world) => world.write(labels, "resources: [../../base]\n"),
  },
  "a remote base, now": { does: (world) => world.write(labels, "resources: [https://example.com/base]\n") },
  "an unknown field": { does: (world) => world.write(labels, "resources: [../../base]\nunknown: [x.yaml]\n") },
  "the same bytes with other times": {
    does: (world) => world.write("base/web.yaml", readFileSync(world.path("base/web.yaml"), "utf8")),
  },
  "a resource that is synced twice": {
    before: {
      "gitops.yaml": "targets: [overlays, crds, clusters]\nrepository: https://git.example.com/r\n",
      "clusters/kustomization.yaml": "resources: [a.yaml, b.yaml, r.yaml]\n",
      "clusters/a.yaml": sync("./overlays/a"),
      "clusters/b.yaml": sync("./overlays/b"),
      "clusters/r.yaml": JSON.stringify({
        apiVersion: "source.toolkit.fluxcd.io/v1",
        kind: "GitRepository",
        metadata: { name: "r", namespace: "flux-system" },
        spec: { interval: "10m", url: "https://git.example.com/r" },
      }),
    },
    does: (world) => {
      world.write(labels, "resources: [../../middle]\n");
      world.write("clusters/b.yaml", sync("./overlays/none"));
    },
  },
};

describe("cached and fresh results are the same after a change:", () => {
  test.each(Object.entries(histories))("%s", async (_, { does, before = {}, setUp }) => {
    const world = newWorld();
    for (const [path, text] of Object.entries(before)) world.write(path, text);
    setUp?.(world);
    world.commit();
    await world.check();
    does(world);
    await expectTheSame(world);
  });
});

/** What a user may do with a change after it was judged and sealed. */
const afterwards: Readonly<Record<string, (world: World) => void>> = {
  stashed: ({ folder }) => void git(folder, ["stash", "-q"]),
  "stashed and popped": ({ folder }) => {
    git(folder, ["stash", "-q"]);
    git(folder, ["stash", "pop", "-q"]);
  },
  committed: ({ folder }) => void git(folder, ["commit", "-qam", "More"]),
  "committed, with the previous commit checked out": ({ folder }) => {
    git(folder, ["commit", "-qam", "More"]);
    git(folder, ["checkout", "-q", "HEAD~1"]);
  },
  "committed and checked out again": checkOutAgain,
};

describe("sealed and fresh results are the same for a change that is", () => {
  test.each(Object.entries(afterwards))("%s", async (_, does) => {
    const world = newWorld();
    world.commit();
    await world.check();
    world.write("base/web.yaml", faulty);
    world.write("overlays/b/settings.txt", "one=2\n");
    for (let run = 0; run < 2; run++) {
      await tick();
      await world.check("--base", "HEAD");
    }
    does(world);
    await expectTheSame(world);
    expect({ ...(await world.check()), cached: [] }).toEqual(await world.check("--no-cache"));
  });
});

it("renders a base with its own kustomize, even if that reports the same version", async () => {
  const world = newWorld();
  world.commit();
  const other = join(world.cache, "other");
  writeFileSync(other, `#!/bin/sh\n${through("sed 's/app: web/app: old/'")}\n`, { mode: 0o755 });
  await world.check();
  const known = await world.check("--base", "HEAD", "--base-kustomize", other);
  expect({ ...known, cached: [] }).toEqual(
    await world.check("--base", "HEAD", "--base-kustomize", other, "--no-cache"),
  );
});

it("renders a base's kustomizations if only manifests are left now", async () => {
  const world = newWorld();
  world.commit();
  for (const folder of ["a", "b"]) rmSync(world.path(`overlays/${folder}`), { recursive: true });
  await expectTheSame(world);
  expect((await world.check("--base", "HEAD")).status).toBe(0);
});

/** Runs `gitops` with a kustomize that logs the folders that it builds. */
function counting(cwd: string) {
  const [folder, cache] = [temporaryFolder(), temporaryFolder()];
  const [calls, kustomize] = [join(folder, "calls"), join(folder, "kustomize")];
  writeFileSync(kustomize, `#!/bin/sh\necho "$*" >> ${calls}\nexec ${pinnedKustomize()} "$@"\n`, { mode: 0o755 });
  const env = { KUSTOMIZE: kustomize, GITOPS_CACHE_DIR: cache };
  const run = async (...args: string[]) => {
    rmSync(calls, { force: true });
    const { stdout, code, stderr } = await gitops(args, { cwd, env });
    const lines = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
    const built = lines.flatMap((line) => /^build \S*(overlays\/\w+)/.exec(line)?.[1] ?? []).sort();
    return { stdout: stdout.replace(/"durationMs": \d+/, '"durationMs": 0'), code, stderr, built };
  };
  return Object.assign(run, { cache, rendered: join(cache, "rendered") });
}

it("renders only what changed and was never rendered", async () => {
  const world = newWorld();
  world.commit();
  const run = counting(world.folder);
  // A Kustomization adds something to one of them.
  expect((await run("check")).built).toEqual(["overlays/a", "overlays/a", "overlays/b"]);
  expect((await run("check", "--base", "HEAD")).built).toEqual([]);
  world.write("overlays/b/patch.yaml", patch(5));
  const changed = await run("check", "--base", "HEAD", "-o", "json");
  expect(changed.built).toEqual(["overlays/b"]);
  const { targets } = JSON.parse(changed.stdout) as Report;
  expect(targets.map(({ path, cached }) => [path, cached])).toEqual([
    ["crds", true],
    ["overlays/a", true],
    ["overlays/b", false],
    ["overlays/boxes", true],
    ["overlays/flux", true],
  ]);
  const memory = () =>
    readdirSync(run.cache).flatMap((name) => (name.endsWith(".json") ? statSync(join(run.cache, name)).ino : []));
  await run("check", "--base", "HEAD");
  const before = memory();
  expect((await run("check", "--base", "HEAD")).built).toEqual([]);
  // There is nothing new to store.
  expect(memory()).toEqual(before);
  expect((await run("check", "--base", "HEAD", "--no-cache")).built).toHaveLength(8);
});

it("judges nothing again if a changed kustomization uses the same components as before", async () => {
  const world = newWorld();
  for (const [path, text] of Object.entries({ ...idle, ...user })) world.write(path, text);
  world.commit();
  const run = counting(world.folder);
  await run("check");
  world.write("elsewhere/unused.txt", "");
  world.write("middle/kustomization.yaml", "# a comment\nresources: [../base]\n");
  const { stdout } = await run("check", "--base", "HEAD", "-o", "json");
  const report = JSON.parse(stdout) as Report;
  expect(report.targets.map(({ path, cached }) => [path, cached])).toEqual(
    ["crds", "overlays/a", "overlays/b", "overlays/boxes", "overlays/flux"].map((path) => [path, true]),
  );
  expect(report.findings.filter(({ rule }) => rule === "gitops/dead-patch")).toEqual([]);
  rmSync(world.path("elsewhere"), { recursive: true });
  const alone = JSON.parse((await run("check", "-o", "json")).stdout) as Report;
  expect(alone.findings.map(({ rule, target }) => [rule, target])).toContainEqual(["gitops/dead-patch", "overlays/a"]);
});

it("renders nothing again for a changed policy, for diff or for render", async () => {
  const world = newWorld();
  world.commit();
  const run = counting(world.folder);
  await run("check");
  world.write("policies/owner.yaml", `${files["policies/owner.yaml"]}message: other words\n`);
  const judged = await run("check");
  expect([judged.built, judged.stdout.includes("5 targets")]).toEqual([[], true]);
  world.write("overlays/b/patch.yaml", patch(5));
  const first = await run("diff", "HEAD", "-o", "json");
  expect(first.built).toEqual(["overlays/b"]);
  expect(await run("diff", "HEAD", "-o", "json")).toEqual({ ...first, built: [] });
  expect(await run("diff", "HEAD", "-o", "json", "--no-cache")).toEqual({
    ...first,
    built: ["overlays/b", "overlays/b"],
  });
  const rendered = await run("render");
  expect(rendered.built).toEqual([]);
  expect(await run("render", "--no-cache")).toEqual({ ...rendered, built: ["overlays/a", "overlays/b"] });
});

it("ignores a damaged rendering", async () => {
  const world = newWorld();
  const run = counting(world.folder);
  const { stdout } = await run("render", "overlays/b");
  const damaged = await run("render", "overlays/b", "--no-cache");
  expect(damaged.stdout).toBe(stdout);
  for (const name of readdirSync(run.rendered)) {
    const file = join(run.rendered, name);
    writeFileSync(file, readFileSync(file, "utf8").replace("replicas: 2", "replicas: 9"));
  }
  expect(await run("render", "overlays/b")).toEqual({ ...damaged, built: ["overlays/b"] });
});
