// Bundles the toolchain into dist/, so that it starts fast and runs on Node versions without TypeScript support. This
// repository's own TypeScript, its models and policies, goes to dist/own for the same reason. This file is plain JavaScript,
// because it runs before there is a bundle. `--out DIR` builds into another folder, which the tests use so that they neither
// read nor disturb a dist/ in use; DIR must be in this repository, so that node_modules is found.
import { existsSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
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
  {
    name: "start",
    test: /tools.(?:core.(?:errors|nearest)|report.style|system.(?:compiled|optimizer))\.ts$|package\.json$/,
    priority: 4,
  },
  // A chunk that imports ES modules cannot be cached.
  { name: "modules", test: /tools.config.modules\.ts$/, priority: 4 },
  { name: "check", test: /tools.commands.check\.ts$/, priority: 3 },
  {
    name: "render",
    test: /tools.(?:render.render|config.config|load.discover|gate.outcomes.check-targets)\.ts$/,
    priority: 2,
  },
  { name: "judge", test: /tools.(?:gate.target.check|commands.load-rules)\.ts$/, priority: 1 },
];

const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** V8 reads a file of ASCII characters faster, and keeps it in half the memory. */
const ascii = {
  name: "ascii",
  generateBundle(_, files) {
    for (const file of Object.values(files)) file.code &&= file.code.replace(/[^\0-\x7f]/g, escaped);
  },
};

if (!isFresh(out, entries, existing)) markFresh(out, entries, [...existing, ...(await build())]);

/** Builds the bundle. @returns the sources that were read, relative to the repository's root */
async function build() {
  const [{ rolldown }, { schemas }] = await Promise.all([import("rolldown"), import("./schemas.mjs")]);
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
    platform: "node",
    plugins: [schemas(), ascii],
    logLevel: "warn",
  });
  await bundle.write({
    dir: out,
    // V8 can keep the compiled code of CommonJS on every version of Node (tools/system/compiled.ts).
    format: "cjs",
    exports: "named",
    comments: { legal: true, annotation: false, jsdoc: false },
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
    codeSplitting: { groups },
    cleanDir: true,
    banner: (chunk) => (chunk.name === "gitops" ? "#!/usr/bin/env node" : ""),
  });
  writeFileSync(join(out, "package.json"), '{ "type": "commonjs" }\n');
  const read = (await bundle.watchFiles).map((file) => relative(".", file).replaceAll("\\", "/"));
  return read.filter((file) => !file.includes("node_modules/") && existsSync(file));
}
