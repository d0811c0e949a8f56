import { loadAll } from "js-yaml";
import { buildImages } from "../../tools/commands/cluster/build.ts";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { type Bed, demand, program, root } from "./bed.ts";

/** Builds the images without a registry, and loads them into the nodes with a command. */
export async function loadImages(command: string, print: (text: string) => void): Promise<void> {
  const [name = "", ...args] = command.split(" ").filter(Boolean);
  const made = await program("node", ["test/e2e/images/run.mjs", "--offline"]);
  demand(made.code === 0, `npm run images -- --offline: ${made.text}`);
  const lines = made.text.split("\n").filter(Boolean);
  const archives = lines.filter((line) => line.endsWith(".tar"));
  print(lines.filter((line) => !archives.includes(line)).join("\n"));
  const loaded = await program(name, [...args, ...archives]);
  demand(loaded.code === 0, `${command}: ${loaded.text}`);
}

/** Builds the repository's own frontend and loads it into a local cluster, as `gitops up` does, because visitors need it first. */
export async function buildOwn(bed: Bed, print: (text: string) => void): Promise<void> {
  const { text } = await bed.gitops(["render", "overlays/production"]);
  const resources = (loadAll(text) as JsonObject[]).map((object) => resourceOf(object));
  await buildImages(resources, root, bed.context, {
    out: print,
    err: (line) => print(line.trimEnd()),
    env: process.env,
    colours: false,
    progress: false,
    size: () => ({ columns: 80, rows: 24 }),
    ask: async () => undefined,
    whenInterrupted: () => {},
  });
}
