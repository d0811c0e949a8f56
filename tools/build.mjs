// Bundles the toolchain into dist/, so that it starts as fast as Node does and runs on Nodes that know no TypeScript.
// What this repository itself has in TypeScript, its models and policies, goes to dist/own for the same reason.
// Plain JavaScript, because it runs before there is a bundle. `--out DIR` builds somewhere else: the tests do, so that
// they neither see nor disturb a dist/ in use; DIR lies in this repository, for the sake of node_modules.
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

// package-lock.json for what is built with: rolldown, ajv.
const sources = [
  ...below("tools"),
  ...below("policies"),
  "base/index.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];
const existing = sources.filter((file) => existsSync(file));

// A check is a few chunks, not hundreds of small ones, each of which Node would have to find, read and link: what it takes
// where nothing has changed; what reads YAML and starts kustomize; and what judges, loaded while kustomize works. What every
// command starts with stays by itself.
const groups = [
  { name: "start", test: /tools.(?:core.(?:errors|nearest)|report.style)\.ts$|package\.json$/, priority: 4 },
  { name: "check", test: /tools.commands.check\.ts$/, priority: 3 },
  { name: "render", test: /tools.(?:render.render|config.config|load.discover|gate.rest)\.ts$/, priority: 2 },
  { name: "judge", test: /tools.(?:gate.judge|commands.select)\.ts$/, priority: 1 },
];

if (!isFresh(out, entries, existing)) markFresh(out, entries, [...existing, ...(await build())]);

/** Returns the sources that were read, as paths from here. */
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
