import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "../../tools/commands/args.ts";
import { command } from "../../tools/commands/check.ts";
import type { Command, Io } from "../../tools/commands/command.ts";
import { command as diffCommand } from "../../tools/commands/diff.ts";
import { UserError } from "../../tools/core/errors.ts";
import type { Report } from "../../tools/report/report.ts";
import { definitionOf } from "../definition.ts";
import { commit, git } from "../git/repository.ts";
import { gitops, pinnedKustomize } from "../run.ts";

/** The result of a run of `gitops check`, without what differs from run to run. */
interface Outcome {
  readonly status: number | string;
  readonly report: Report | undefined;
  /** The paths of the targets that came from the cache. */
  readonly cached: readonly string[];
}

const metadata = (name: string) => `metadata: {name: ${name}}`;

export function deployment(name: string, replicas: number, image = "nginx:1.27"): string {
  return [
    "apiVersion: apps/v1",
    "kind: Deployment",
    metadata(name),
    "spec:",
    `  replicas: ${replicas}`,
    `  selector: {matchLabels: {app: ${name}}}`,
    "  template:",
    `    metadata: {labels: {app: ${name}}}`,
    `    spec: {containers: [{name: main, image: "${image}"}]}`,
    "",
  ].join("\n");
}

/** A patch that sets the replicas. */
export function patch(replicas: number): string {
  return `- {op: replace, path: /spec/replicas, value: ${replicas}}\n`;
}

/** The definition of a kind whose `spec.size` has the given type. */
export function definition(type: string): string {
  return JSON.stringify(definitionOf("Box", "boxes", schemaOf(type)));
}

const schemaOf = (type: string) => ({
  type: "object",
  properties: { spec: { type: "object", properties: { size: { type } } } },
});

/** A repository with something of everything that can change: overlays, bases, a component, a definition in another target. */
export const files: Readonly<Record<string, string>> = {
  "gitops.yaml": "targets: [overlays, crds]\npolicies: [policies]\nwaivers: waivers.yaml\n",
  "waivers.yaml": "[]\n",
  "policies/owner.yaml":
    "id: team/owner\nseverity: error\nwhy: because\nfix: do it\nmatch: {kind: Deployment}\nschema: {required: [metadata]}\n",
  "overlays/a/kustomization.yaml": "resources: [../../middle]\ncomponents: [../../components/labels]\nnamespace: a\n",
  "overlays/b/kustomization.yaml":
    "resources: [../../base, box.yaml]\nconfigMapGenerator:\n  - name: settings\n    files: [settings.txt]\npatches:\n  - path: patch.yaml\n",
  "overlays/b/settings.txt": "one=1\n",
  "overlays/b/patch.yaml": deployment("web", 2),
  "overlays/b/box.yaml": "apiVersion: example.com/v1\nkind: Box\nmetadata: {name: b}\nspec: {size: 3}\n",
  "middle/kustomization.yaml": "resources: [../base]\n",
  "base/kustomization.yaml": "resources: [web.yaml]\n",
  "base/web.yaml": deployment("web", 1),
  "components/labels/kustomization.yaml":
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels: [{pairs: {team: x}}]\n",
  "crds/box.json": definition("integer"),
};

/** A Flux Kustomization that applies an overlay, with what it adds to it. */
export function sync(path: string, additions: Readonly<Record<string, unknown>>): string {
  const spec = {
    interval: "10m",
    prune: true,
    path,
    sourceRef: { kind: "GitRepository", name: "fleet" },
    ...additions,
  };
  const metadata = { name: path.replaceAll("/", "-"), namespace: "flux-system" };
  return `${JSON.stringify({ apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization", metadata, spec })}\n`;
}

const patched = { patches: [{ target: { kind: "Deployment" }, patch: patch(4) }] };

/**
 * The same, for tests that build very often: for a strategic merge or a custom kind, the pinned kustomize reads the schemas of
 * all kinds, which takes it a second. Here, only edits introduce them.
 */
export const lightFiles: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(files).filter(([path]) => path !== "overlays/b/box.yaml")),
  "overlays/boxes/box.yaml": files["overlays/b/box.yaml"] ?? "",
  "overlays/b/kustomization.yaml":
    "resources: [../../base]\nconfigMapGenerator:\n  - name: settings\n    files: [settings.txt]\npatches:\n  - path: patch.yaml\n    target: {kind: Deployment}\n",
  "overlays/b/patch.yaml": patch(2),
  "overlays/flux/a.yaml": sync("overlays/a", { components: ["../../components/labels"], ...patched }),
  "overlays/flux/b.yaml": sync("overlays/b", { postBuild: { substitute: { VALUE: "2" } } }),
};

/** A script that edits the output of kustomize. */
export const through = (change: string) =>
  `PATH=/usr/bin:/bin\ntext=$(${pinnedKustomize()} "$@") || exit $?\nprintf '%s\\n' "$text" | ${change}`;

/** Stand-ins for kustomize: two edit its output, one fails, and one claims to be another version. */
export const programs = {
  pinned: "",
  scaling: through("sed 's/replicas: 1/replicas: 7/'"),
  labelling: through("sed 's/team: x/team: y/'"),
  failing: `test "$1" = version || { echo 'Error: no' >&2; exit 1; }\nexec ${pinnedKustomize()} version`,
  newer: `test "$1" != version || { echo v5.0.0; exit; }\nexec ${pinnedKustomize()} "$@"`,
} as const;

export class World {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "gitops-cache-")));
  readonly cache = realpathSync(mkdtempSync(join(tmpdir(), "gitops-memory-")));
  readonly kustomize = join(this.cache, "kustomize");
  /** The built gitops.js; if undefined, its functions are called in this process. */
  program: string | undefined;
  #installed: keyof typeof programs | undefined;

  constructor() {
    mkdirSync(join(this.folder, ".git"));
    this.reset();
  }

  /** Restores the initial state. Files that already have it are not touched. */
  reset(): void {
    this.#clear("");
    for (const [path, text] of Object.entries(lightFiles))
      if (!existsSync(this.path(path)) || readFileSync(this.path(path), "utf8") !== text) this.write(path, text);
    this.install("pinned");
  }

  /** Removes what does not belong there, without following links. */
  #clear(folder: string): void {
    for (const entry of readdirSync(this.path(folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (path === ".git") continue;
      const isFolder = Object.keys(lightFiles).some((file) => file.startsWith(`${path}/`));
      const isRight = Object.hasOwn(lightFiles, path) ? entry.isFile() : isFolder && entry.isDirectory();
      if (!isRight) rmSync(this.path(path), { recursive: true, force: true });
      else if (isFolder) this.#clear(path);
    }
  }

  path(path: string): string {
    return join(this.folder, path);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  /** Replaces kustomize with another program. */
  install(program: keyof typeof programs): void {
    if (this.#installed === program) return;
    this.#installed = program;
    rmSync(this.kustomize, { force: true });
    if (program === "pinned") copyFileSync(pinnedKustomize(), this.kustomize);
    else writeFileSync(this.kustomize, `#!/bin/sh\n${programs[program]}\n`, { mode: 0o755 });
  }

  /** Starts a new history, and commits all files. */
  commit(): void {
    rmSync(this.path(".git"), { recursive: true, force: true });
    git(this.folder, ["init", "-q", "-b", "main"]);
    commit(this.folder, {});
  }

  /** Runs `gitops check` here. @param words flags and targets */
  async check(...args: string[]): Promise<Outcome> {
    const { status, text } = await this.#run("check", command, args);
    return typeof status === "string"
      ? { status, report: undefined, cached: [] }
      : outcomeOf(status, JSON.parse(text) as Report);
  }

  /** Runs `gitops diff` here. @returns its report, or its error message */
  async diff(...args: string[]): Promise<string> {
    const { status, text } = await this.#run("diff", diffCommand, args);
    return typeof status === "string" ? status : text.replace(/"durationMs": \d+/, "");
  }

  async #run(name: string, command: Command, args: readonly string[]) {
    if (this.program !== undefined) return this.#runProgram(this.program, [name, ...args, "-o", "json"]);
    const before = process.cwd();
    let text = "";
    const io: Io = {
      out: (more) => {
        text += more;
      },
      err: () => {},
      env: { ...process.env, KUSTOMIZE: this.kustomize, GITOPS_CACHE_DIR: this.cache },
      colours: false,
      columns: undefined,
      progress: false,
      size: () => ({ columns: 80, rows: 24 }),
      ask: async () => undefined,
      whenInterrupted: () => {},
    };
    process.chdir(this.folder);
    try {
      return { status: await command.run(parse(name, command, [...args, "-o", "json"]), io), text };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { status: error.message, text };
    } finally {
      process.chdir(before);
    }
  }

  async #runProgram(program: string, args: readonly string[]) {
    const env = { KUSTOMIZE: this.kustomize, GITOPS_CACHE_DIR: this.cache };
    const { code, stdout, stderr } = await gitops(args, { cwd: this.folder, env, program });
    return { status: stdout === "" ? stderr : (code ?? 2), text: stdout };
  }

  remove(): void {
    for (const folder of [this.folder, this.cache]) if (existsSync(folder)) rmSync(folder, { recursive: true });
  }
}

function outcomeOf(status: number, report: Report): Outcome {
  const cached = report.targets.filter((target) => target.cached).map(({ path }) => path);
  const targets = report.targets.map((target) => ({ ...target, cached: false }));
  return { status, report: { ...report, targets, summary: { ...report.summary, durationMs: 0 } }, cached };
}
