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
/** Parts of one outcome or two: what changes concerns some of them, and not others. */
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

/** What is known and what is not say the same of what changed since HEAD. */
async function demandTheSame(world: World, isDiffed = true): Promise<void> {
  const known = await world.check("--base", "HEAD");
  expect({ ...known, cached: [] }).toEqual(await world.check("--base", "HEAD", "--no-cache"));
  if (isDiffed) expect(await world.diff("HEAD")).toEqual(await world.diff("HEAD", "--no-cache"));
}

/** All that is there is committed, and checked out anew: other files that hold the same. */
const checkoutAnew = "anew";

function checkOutAnew({ folder }: World): void {
  git(folder, ["add", "-A"]);
  git(folder, ["commit", "-q", "--allow-empty", "-m", "More"]);
  for (const name of readdirSync(folder)) if (name !== ".git") rmSync(join(folder, name), { recursive: true });
  rmSync(join(folder, ".git/index"));
  git(folder, ["reset", "-q", "--hard"]);
}

/** What somebody does with Git while the files stay what they are. */
const stirs: readonly (readonly string[])[] = [
  [],
  [],
  ["add", "-A"],
  ["commit", "-qam", "More"],
  ["update-index", "-q", "--refresh"],
  ["update-index", "--assume-unchanged", "base/web.yaml"],
  ["update-index", "--skip-worktree", "overlays/b/settings.txt"],
  ["rm", "-q", "--cached", "middle/kustomization.yaml"],
  ["stash", "-q"],
  [checkoutAnew],
  [checkoutAnew],
];

function stirUp(world: World, words: readonly string[]): void {
  try {
    if (words[0] === checkoutAnew) checkOutAnew(world);
    else if (words.length > 0) git(world.folder, words);
  } catch {
    // There is nothing of which that could be done.
  }
}

/** A tenth of those that cached runs are tried with: there is more to each. */
const tried = triedHere(3, 0.1);

it(
  `check --base reports what --no-cache does, after any of ${tried.sequences} sequences of edits`,
  async () => {
    const world = newWorld();
    const sequences = fc.tuple(edits, edits, edits, fc.constantFrom(...stirs), fc.nat());
    await trySequences("base", sequences, tried, async ([before, after, last, stir, between], index) => {
      world.reset();
      // One in twenty goes all the way, through processes.
      world.program = index % 20 === 19 ? inject("gitops") : undefined;
      apply(before, world);
      world.commit();
      if (between % 2 === 0) await world.check();
      // What is as old as Git's look at it is not sealed.
      if (between % 3 > 0) await tick();
      if (between % 3 > 0) await world.check("--base", "HEAD");
      apply(after, world);
      if (between % 11 > 5) await tick();
      if (between % 11 > 5) await world.check("--base", "HEAD");
      stirUp(world, stir);
      if (between % 5 > 1) await world.check("--base", "HEAD");
      if (between % 5 > 1) apply(last, world);
      if (between % 7 > 3) {
        const known = await world.check();
        expect({ ...known, cached: [] }).toEqual(await world.check("--no-cache"));
      }
      // A file that Git does not look at, or has no more, may have changed: what does not render on either side is told.
      await demandTheSame(world, stir[0] !== "update-index" && stir[0] !== "rm");
    });
  },
  60_000 + tried.sequences * 60_000,
);

/** A change, and what is there before it that the world does not have. */
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

/** Two folders, of which a link chooses one. */
const behindCurrent = {
  "one/kustomization.yaml": "resources: [web.yaml]\n",
  "one/web.yaml": deployment("web", 1),
  "two/kustomization.yaml": "resources: [web.yaml]\n",
  "two/web.yaml": faulty,
  [labels]: "resources: [../../current]\n",
};

/** A component that does nothing for its user; whether it does for others decides whether that is told. */
const idle = {
  "components/scale/kustomization.yaml": scaling(1),
  [labels]: "resources: [../../base]\ncomponents: [../../components/scale]\n",
};
/** A user of it for whom it does something. */
const user = {
  "elsewhere/kustomization.yaml": "resources: [web.yaml]\ncomponents: [../components/scale]\n",
  "elsewhere/web.yaml": deployment("web", 5),
};

const histories: Readonly<Record<string, History>> = {
  "nothing at all": { does: () => {} },
  "a user of a component comes": {
    before: idle,
    does: (world) => {
      for (const [path, text] of Object.entries(user)) world.write(path, text);
    },
  },
  "a user of a component goes": {
    before: { ...idle, ...user },
    does: (world) => rmSync(world.path("elsewhere"), { recursive: true }),
  },
  "a kustomization becomes a user of a component": {
    before: { ...idle, ...user, "elsewhere/kustomization.yaml": "resources: [web.yaml]\n" },
    does: (world) => world.write("elsewhere/kustomization.yaml", user["elsewhere/kustomization.yaml"]),
  },
  "a user of a component takes it for a transformer": {
    before: { ...idle, ...user },
    does: (world) =>
      world.write(
        "elsewhere/kustomization.yaml",
        user["elsewhere/kustomization.yaml"].replace("components", "transformers"),
      ),
  },
  "what a user of a component is made of changes": {
    before: { ...idle, ...user },
    does: (world) => world.write("elsewhere/web.yaml", deployment("web", 1)),
  },
  "a base two levels up": { does: (world) => world.write("base/web.yaml", faulty) },
  "a base that was wrong": {
    before: { "base/web.yaml": faulty },
    does: (world) => world.write("base/web.yaml", deployment("web", 1)),
  },
  "a leaf's patch, and what was wrong elsewhere stays": {
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
  "a generator's input that is gone": { does: (world) => rmSync(world.path("overlays/b/settings.txt")) },
  "a file that nothing uses": { does: (world) => world.write("overlays/a/more.yaml", deployment("more", 1)) },
  "a second kustomization file": { does: (world) => world.write("overlays/b/kustomization.yml", "resources: []\n") },
  "a second kustomization file where a link to elsewhere was, which kustomize does not follow": {
    setUp: (world) => symlinkSync("../../base/kustomization.yaml", world.path("overlays/b/kustomization.yml")),
    does: (world) => {
      rmSync(world.path("overlays/b/kustomization.yml"));
      world.write("overlays/b/kustomization.yml", "resources: []\n");
    },
  },
  "a definition in another target": { does: (world) => world.write("crds/box.json", definition("string")) },
  "a definition that is gone": { does: (world) => rmSync(world.path("crds"), { recursive: true }) },
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
  "waivers that are stale": {
    before: { "waivers.yaml": "- {rule: schema/unknown-field, reason: r, owner: o, expires: '2999-01-01'}\n" },
    does: (world) => world.write("overlays/b/patch.yaml", patch(5)),
  },
  "a renamed overlay": {
    before: { "base/web.yaml": faulty },
    does: (world) => move(world, "overlays/a", "overlays/z"),
  },
  "an overlay that is gone, and a new one": {
    does: (world) => {
      rmSync(world.path("overlays/a"), { recursive: true });
      world.write("overlays/new/kustomization.yaml", "resources: [../../middle]\nnamespace: new\n");
    },
  },
  "an overlay that another one uses now": {
    does: (world) => world.write("overlays/b/kustomization.yaml", "resources: [../a]\nnamespace: b\n"),
  },
  "loose manifests beside overlays": { does: (world) => world.write("overlays/loose.yaml", faulty) },
  "a link in place of a file": {
    before: { "overlays/b/other.yaml": patch(9) },
    does: (world) => {
      rmSync(world.path("overlays/b/patch.yaml"));
      symlinkSync("other.yaml", world.path("overlays/b/patch.yaml"));
    },
  },
  "a folder behind a link that leads elsewhere": {
    before: behindCurrent,
    setUp: (world) => symlinkSync("one", world.path("current")),
    does: (world) => {
      rmSync(world.path("current"));
      symlinkSync("two", world.path("current"));
    },
  },
  "a link behind a link that leads elsewhere": {
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
  "a link to what is gone": {
    before: { "overlays/b/other.yaml": patch(9) },
    setUp: (world) => {
      rmSync(world.path("overlays/b/patch.yaml"));
      symlinkSync("other.yaml", world.path("overlays/b/patch.yaml"));
    },
    does: (world) => rmSync(world.path("overlays/b/other.yaml")),
  },
  "a kustomization behind a link to what is gone": {
    before: { "elsewhere/kustomization.yaml": "resources: [../../base]\n", "overlays/c/unused.txt": "" },
    setUp: (world) => symlinkSync("../../elsewhere/kustomization.yaml", world.path("overlays/c/kustomization.yaml")),
    does: (world) => rmSync(world.path("elsewhere"), { recursive: true }),
  },
  "components behind links that change places": {
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
  "what is behind a link that stays": {
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
  "a field that nobody knows": { does: (world) => world.write(labels, "resources: [../../base]\nunknown: [x.yaml]\n") },
  "the same bytes with other times": {
    does: (world) => world.write("base/web.yaml", readFileSync(world.path("base/web.yaml"), "utf8")),
  },
  "what is synced twice": {
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

describe("what is known says the same as what is found anew:", () => {
  test.each(Object.entries(histories))("%s", async (_, { does, before = {}, setUp }) => {
    const world = newWorld();
    for (const [path, text] of Object.entries(before)) world.write(path, text);
    setUp?.(world);
    world.commit();
    await world.check();
    does(world);
    await demandTheSame(world);
  });
});

/** What somebody does with a change that was judged, and sealed. */
const afterwards: Readonly<Record<string, (world: World) => void>> = {
  "put away": ({ folder }) => void git(folder, ["stash", "-q"]),
  "put away, and taken back": ({ folder }) => {
    git(folder, ["stash", "-q"]);
    git(folder, ["stash", "pop", "-q"]);
  },
  committed: ({ folder }) => void git(folder, ["commit", "-qam", "More"]),
  "committed, and the commit before checked out": ({ folder }) => {
    git(folder, ["commit", "-qam", "More"]);
    git(folder, ["checkout", "-q", "HEAD~1"]);
  },
  "committed and checked out anew": checkOutAnew,
};

describe("what is sealed says the same as what is found anew, where a change is", () => {
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
    await demandTheSame(world);
    expect({ ...(await world.check()), cached: [] }).toEqual(await world.check("--no-cache"));
  });
});

it("renders a base with a kustomize of its own, of the same version and yet another one", async () => {
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

it("renders kustomizations of a base of which only manifests are left", async () => {
  const world = newWorld();
  world.commit();
  for (const folder of ["a", "b"]) rmSync(world.path(`overlays/${folder}`), { recursive: true });
  await demandTheSame(world);
  expect((await world.check("--base", "HEAD")).status).toBe(0);
});

/** A kustomize that writes down which folders it builds. */
function counting(cwd: string) {
  const [folder, cache] = [temporaryFolder(), temporaryFolder()];
  const [calls, kustomize] = [join(folder, "calls"), join(folder, "kustomize")];
  writeFileSync(kustomize, `#!/bin/sh\necho "$*" >> ${calls}\nexec ${pinnedKustomize()} "$@"\n`, { mode: 0o755 });
  const env = { KUSTOMIZE: kustomize, GITOPS_CACHE_DIR: cache };
  const run = async (...words: string[]) => {
    rmSync(calls, { force: true });
    const { stdout, code, stderr } = await gitops(words, { cwd, env });
    const lines = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
    const built = lines.flatMap((line) => /^build \S*(overlays\/\w+)/.exec(line)?.[1] ?? []).sort();
    return { stdout: stdout.replace(/"durationMs": \d+/, '"durationMs": 0'), code, stderr, built };
  };
  return Object.assign(run, { cache, rendered: join(cache, "rendered") });
}

it("renders what has changed and was never rendered, and nothing else", async () => {
  const world = newWorld();
  world.commit();
  const run = counting(world.folder);
  expect((await run("check")).built).toEqual(["overlays/a", "overlays/b"]);
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
  ]);
  const memory = () =>
    readdirSync(run.cache).flatMap((name) => (name.endsWith(".json") ? statSync(join(run.cache, name)).ino : []));
  await run("check", "--base", "HEAD");
  const before = memory();
  expect((await run("check", "--base", "HEAD")).built).toEqual([]);
  // Nothing new was found out: nothing is written.
  expect(memory()).toEqual(before);
  expect((await run("check", "--base", "HEAD", "--no-cache")).built).toHaveLength(4);
});

it("judges nothing again for a kustomization that uses no more components, and no fewer, than before", async () => {
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
    ["crds", "overlays/a", "overlays/b", "overlays/boxes"].map((path) => [path, true]),
  );
  expect(report.findings.filter(({ rule }) => rule === "gitops/dead-patch")).toEqual([]);
  rmSync(world.path("elsewhere"), { recursive: true });
  const alone = JSON.parse((await run("check", "-o", "json")).stdout) as Report;
  expect(alone.findings.map(({ rule, target }) => [rule, target])).toContainEqual(["gitops/dead-patch", "overlays/a"]);
});

it("renders nothing again for a policy, for diff and for render, nor for a checkout that lies elsewhere", async () => {
  const world = newWorld();
  world.commit();
  const run = counting(world.folder);
  await run("check");
  world.write("policies/owner.yaml", `${files["policies/owner.yaml"]}message: other words\n`);
  const judged = await run("check");
  expect([judged.built, judged.stdout.includes("4 targets")]).toEqual([[], true]);
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

it("takes a damaged rendering for none", async () => {
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
