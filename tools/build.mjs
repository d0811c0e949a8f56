// Bundles the toolchain into dist/, so that it starts fast and runs on Node versions without TypeScript support. This
// repository's own TypeScript, its models and policies, goes to dist/own for the same reason. This file is plain JavaScript,
// because it runs before there is a bundle. `--out DIR` builds into another folder, which the tests use so that they neither
// read nor disturb a dist/ in use; DIR must be in this repository, so that node_modules is found.
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { filesBelow, isFresh, markFresh } from "./fresh.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const { out } = parseArgs({ options: { out: { type: "string", default: "dist" } } }).values;

const below = (folder) => filesBelow(folder).map((file) => `${folder}/${file}`);
const own = ["base/index.ts", ...below("policies").filter((file) => file.endsWith(".ts"))];

const entries = {
  gitops: "tools/cli.ts",
  policy: "tools/policy/define.ts",
  "gce-firewall": "tools/gce/firewall.ts",
  comment: "tools/pull-request/comment.ts",
  ...Object.fromEntries(own.map((file) => [`own/${file.slice(0, -".ts".length)}`, file])),
};

// package-lock.json covers the build tools: rolldown and ajv.
const sources = [
  ...below("tools"),
  ...below("policies"),
  "base/index.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];
const existing = sources.filter((file) => existsSync(file));

// Node has to find, read and link every chunk, so a check loads a few large ones: the code for a run in which nothing has
// changed; the code that reads YAML and starts kustomize; and the rules, loaded while kustomize runs. The code that every
// command starts with is a separate chunk.
const groups = [
  { name: "start", test: /tools.(?:core.(?:errors|nearest)|report.style)\.ts$|package\.json$/, priority: 4 },
  { name: "check", test: /tools.commands.check\.ts$/, priority: 3 },
  { name: "render", test: /tools.(?:render.render|config.config|load.discover|gate.rest)\.ts$/, priority: 2 },
  { name: "judge", test: /tools.(?:gate.judge|commands.select)\.ts$/, priority: 1 },
];

if (!isFresh(out, entries, existing)) markFresh(out, entries, [...existing, ...(await build())]);

/** Builds the bundle. @returns the sources that were read, relative to the repository's root */
async function build() {
  const [{ rolldown }, { schemas }] = await Promise.all([import("rolldown"), import("./schemas.mjs")]);
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
    platform: "node",
    plugins: [schemas()],
    logLevel: "warn",
  });
  await bundle.write({
    dir: out,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name].js",
    codeSplitting: { groups },
    cleanDir: true,
    banner: (chunk) => (chunk.name === "gitops" ? "#!/usr/bin/env node" : ""),
  });
  const read = (await bundle.watchFiles).map((file) => relative(".", file).replaceAll("\\", "/"));
  return read.filter((file) => !file.includes("node_modules/") && existsSync(file));
}
