// Bundles the toolchain into dist/, so that it starts as fast as Node does and runs on Nodes that know no TypeScript.
// What this repository itself has in TypeScript, its models and policies, goes to dist/own for the same reason.
// Plain JavaScript, because it runs before there is a bundle. `--out DIR` builds somewhere else: the tests do, so that
// they neither see nor disturb a dist/ in use; DIR lies in this repository, for the sake of node_modules.
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";
import { schemas } from "./schemas.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const { out } = parseArgs({ options: { out: { type: "string", default: "dist" } } }).values;

const own = ["base/index.ts", ...readdirSync("policies", { recursive: true }).map((file) => `policies/${file}`)]
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"));

const entries = {
  gitops: "tools/cli.ts",
  policy: "tools/policy/define.ts",
  "gce-firewall": "tools/gce/firewall.ts",
  comment: "tools/pull-request/comment.ts",
  ...Object.fromEntries(own.map((file) => [`own/${file.slice(0, -".ts".length)}`, file])),
};

const bundle = await rolldown({
  input: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
  platform: "node",
  plugins: [schemas()],
  logLevel: "warn",
});
// A check is a few chunks, not hundreds of small ones, each of which Node would have to find, read and link: what it takes
// where nothing has changed; what reads YAML and starts kustomize; and what judges, loaded while kustomize works. What every
// command starts with stays by itself.
const groups = [
  { name: "start", test: /tools.(?:core.(?:errors|nearest)|report.style)\.ts$|package\.json$/, priority: 4 },
  { name: "check", test: /tools.commands.check\.ts$/, priority: 3 },
  { name: "render", test: /tools.(?:render.render|config.config|load.discover|gate.rest)\.ts$/, priority: 2 },
  { name: "judge", test: /tools.(?:gate.judge|commands.select)\.ts$/, priority: 1 },
];

await bundle.write({
  dir: out,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name].js",
  codeSplitting: { groups },
  cleanDir: true,
  banner: (chunk) => (chunk.name === "gitops" ? "#!/usr/bin/env node" : ""),
});
