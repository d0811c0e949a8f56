// Bundles the toolchain into dist/, so that it starts fast and runs on Node versions without TypeScript support. This
// repository's own TypeScript, its models and policies, goes to dist/own for the same reason. This file is plain JavaScript,
// because it runs before there is a bundle. `--out DIR` builds into another folder, which the tests use so that they neither
// read nor disturb a dist/ in use; DIR must be in this repository, so that node_modules is found.
import { existsSync, realpathSync, writeFileSync } from "node:fs";
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

// Node has to find, read and link every chunk, so a check loads a few large ones, as late as it can: the code for a run in
// which nothing has changed; the code that reads YAML and starts kustomize; the rules; and the validation, loaded while
// kustomize runs. The code that every command starts with is a separate chunk.
const chunks = {
  start: [
    "tools/core/errors.ts",
    "tools/core/nearest.ts",
    "tools/report/style.ts",
    "tools/system/compiled.ts",
    "tools/system/optimizer.ts",
    "package.json",
  ],
  // A chunk that imports ES modules cannot be cached.
  modules: ["tools/config/modules.ts"],
  check: ["tools/commands/check.ts"],
  render: [
    "tools/render/render.ts",
    "tools/config/config.ts",
    "tools/load/discover.ts",
    "tools/gate/outcomes/check-targets.ts",
  ],
  rules: ["tools/commands/load-rules.ts"],
  validation: ["tools/gate/target/check.ts"],
};

/** The chunks, those that are loaded first before the others. @throws if a file was moved: its chunk would be lost */
function groups() {
  return Object.entries(chunks).map(([name, files], index, { length }) => {
    const paths = files.map((file) => realpathSync(file));
    return { name, test: (id) => paths.includes(id), priority: length - index };
  });
}

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
  const [{ rolldown }, { plugin }] = await Promise.all([import("rolldown"), import("./plugin.mjs")]);
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
    platform: "node",
    plugins: [plugin(), ascii],
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
    codeSplitting: { groups: groups() },
    cleanDir: true,
    banner: (chunk) => (chunk.name === "gitops" ? "#!/usr/bin/env node" : ""),
  });
  writeFileSync(join(out, "package.json"), '{ "type": "commonjs" }\n');
  const read = (await bundle.watchFiles).map((file) => relative(".", file).replaceAll("\\", "/"));
  return read.filter((file) => !file.includes("node_modules/") && existsSync(file));
}
