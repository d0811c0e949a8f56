import * as fs from "node:fs";
import { dirname, relative } from "node:path";
import fc from "fast-check";
import { definition, deployment, files, lightFiles, patch, programs, sync, type World } from "./world.ts";

/** One change to a repository, as data that a counterexample can show. */
export interface Edit {
  readonly does: keyof typeof does;
  readonly path: string;
  readonly other: string;
  readonly text: string;
}

const folders = ["base", "middle", "components/labels", "overlays/a", "overlays/b", "crds", "policies", "elsewhere"];
const paths = [
  ...Object.keys(lightFiles),
  "overlays/b/box.yaml",
  "overlays/b/kustomization.yml",
  "overlays/a/Kustomization",
  "base/extra.yaml",
  "overlays/c/kustomization.yaml",
  "overlays/loose.yaml",
  "overlays/c/Chart.yaml",
  "policies/more.yaml",
];

const kustomizations = [
  "resources: [../../base]\n",
  "resources: [../../middle]\ncomponents: [../../components/labels]\nnamespace: b\n",
  "resources: [../base]\nnamePrefix: x-\n",
  "resources: [web.yaml]\n",
  "resources: [web.yaml, extra.yaml]\n",
  "resources: [../../elsewhere]\n",
  "resources: [/etc/passwd]\n",
  "unknown: [web.yaml]\nresources: [web.yaml]\n",
  "resources: [../../base]\nconfigMapGenerator:\n  - name: settings\n    envs: [settings.txt]\n",
  "resources: [../../base]\npatches:\n  - path: patch.yaml\n",
  "resources: [../../base, box.yaml]\n",
  "kind: Component\nresources: [web.yaml]\n",
  "helmGlobals: {chartHome: ..}\nhelmCharts: [{name: c}]\n",
  "resources: [web.yaml]\nhelmCharts: [{name: c}]\n",
  "resources: [../../base, 'https://example.com/a.yaml']\nnamePrefix: p-\n",
];

const texts = [
  ...Object.values(lightFiles),
  files["overlays/b/kustomization.yaml"] ?? "",
  patch(5),
  ...kustomizations,
  deployment("web", 1, "nginx"),
  deployment("web", 3).replace("replicas", "replica"),
  deployment("other", 1),
  definition("string"),
  "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n",
  "two=2\n",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of Flux
  "two=${VALUE}\n",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of Flux
  "two=${VALUES[@]}\n",
  sync("overlays/a", { targetNamespace: "z", patches: [{ target: { kind: "Deployment" }, patch: patch(0) }] }),
  sync("overlays/b", { components: ["../../components/labels"], postBuild: { substitute: { VALUE: "3" } } }),
  sync("overlays/flux", { postBuild: { substitute: { VALUE: "3" } } }),
  "a: [\n",
  "",
  "targets: [overlays]\nprofile: strict\npolicies: [policies]\n",
  "targets: [overlays, crds]\nkubernetes: ['1.33', '1.36']\nrules: {reliability/image-tag: {severity: error, reason: x}}\n",
  "targets: [overlays]\nschemas: [crds]\n",
  "id: team/owner\nseverity: warning\nwhy: w\nfix: f\nschema: {properties: {spec: {not: {required: [replicas]}}}}\n",
  "- {rule: team/owner, reason: r, owner: o, expires: '2999-01-01'}\n",
];

/** The effect of each edit; one that is not possible does nothing. */
const does = {
  write: ({ path, text }: Edit, world: World) => world.write(path, text),
  remove: ({ path }: Edit, world: World) => fs.rmSync(world.path(path), { recursive: true }),
  move: ({ path, other }: Edit, world: World) => move(world.path(path), world.path(other)),
  moveFolder: ({ path, other }: Edit, world: World) => {
    if (path.includes("/")) move(dirname(world.path(path)), dirname(world.path(other)));
  },
  touch: ({ path }: Edit, world: World) => fs.utimesSync(world.path(path), new Date(), new Date()),
  /** Changes the content, but neither size nor time. */
  forge: ({ path }: Edit, world: World) => {
    const place = world.path(path);
    const { atime, mtime } = fs.statSync(place);
    const text = fs.readFileSync(place, "utf8");
    fs.writeFileSync(
      place,
      text.replace(/\d|[a-z](?=\n)/, (one) => (one === "1" ? "2" : one === "e" ? "f" : "1")),
    );
    fs.utimesSync(place, atime, mtime);
  },
  link: ({ path, other }: Edit, world: World) => {
    fs.rmSync(world.path(path), { recursive: true, force: true });
    fs.symlinkSync(relative(dirname(path), other), world.path(path));
  },
  linkFolder: ({ path, other }: Edit, world: World) => {
    if (!path.includes("/")) return;
    const place = dirname(world.path(path));
    fs.rmSync(place, { recursive: true, force: true });
    fs.symlinkSync(relative(dirname(dirname(path)), dirname(other)) || ".", place);
  },
  restore: ({ path }: Edit, world: World) => world.write(path, lightFiles[path] ?? ""),
  /** Moves the components to a new place, and updates their users. */
  moveComponent: (_: Edit, world: World) => {
    const [from, to] = fs.existsSync(world.path("components")) ? ["components", "parts"] : ["parts", "components"];
    fs.renameSync(world.path(from), world.path(to));
    for (const user of ["overlays/a/kustomization.yaml", "overlays/b/kustomization.yaml"]) {
      const text = fs.readFileSync(world.path(user), "utf8");
      fs.writeFileSync(world.path(user), text.replaceAll(`../../${from}/`, `../../${to}/`));
    }
  },
  replaceKustomize: ({ text }: Edit, world: World) => {
    const names = Object.keys(programs) as (keyof typeof programs)[];
    world.install(names[text.length % names.length] ?? "pinned");
  },
} as const;

function move(from: string, to: string): void {
  fs.mkdirSync(dirname(to), { recursive: true });
  fs.renameSync(from, to);
}

/** How often each edit has changed something. */
const applied = new Map<Edit["does"], number>();

export function apply(edits: readonly Edit[], world: World): void {
  for (const edit of edits) {
    try {
      does[edit.does](edit, world);
      applied.set(edit.does, (applied.get(edit.does) ?? 0) + 1);
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
    }
  }
}

/** Whether each kind of edit has changed something. */
export function everyKindWasApplied(): boolean {
  return Object.keys(does).every((name) => applied.has(name as Edit["does"]));
}

const path = fc.oneof(
  fc.constantFrom(...paths),
  fc.constantFrom(...folders).map((folder) => `${folder}/extra.yaml`),
);

/** Paths with texts that make sense there. */
const fitting = fc.constantFrom<readonly [string, string]>(
  ...kustomizations.flatMap((text): [string, string][] =>
    paths.filter((name) => /kustomization/i.test(name)).map((name) => [name, text]),
  ),
  ...texts.map((text): [string, string] => ["gitops.yaml", text]),
);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 2, arbitrary: fitting.map(([path, text]): Edit => ({ does: "write", path, text, other: "" })) },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constantFrom(...(Object.keys(does) as (keyof typeof does)[])),
      path,
      other: path,
      text: fc.constantFrom(...texts),
    }),
  },
);

export const edits: fc.Arbitrary<readonly Edit[]> = fc.array(edit, { minLength: 1, maxLength: 4 });

/** Edits; if they happen during a run, `during` is the number of milliseconds after its start. */
export interface Step {
  readonly edits: readonly Edit[];
  readonly during: number | undefined;
}

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({ edits, during: fc.option(fc.nat(60), { freq: 4, nil: undefined }) }),
  { minLength: 1, maxLength: 3 },
);
