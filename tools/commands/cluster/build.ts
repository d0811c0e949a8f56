import { join } from "node:path";
import { type Build, buildArgs, builders, builds, inspectArgs, saveArgs } from "../../cluster/images.ts";
import { clusterTools } from "../../cluster/tools.ts";
import { UserError } from "../../core/errors.ts";
import type { Resource } from "../../core/resource.ts";
import { visible } from "../../report/style.ts";
import { listFolder, tryKindOf, withTemporaryFolder } from "../../system/disk.ts";
import { lookUp } from "../../system/path.ts";
import { run, stream } from "../../system/process.ts";
import type { Io } from "../command.ts";

/**
 * Builds the images whose source is in the repository and loads them into a local cluster. Without a container tool or a way to
 * load images, it prints a warning: the nodes then pull the images from a registry.
 *
 * @param root the root of the repository
 * @returns the names of the images that changed
 * @throws UserError if a build fails
 */
export async function buildImages(
  resources: readonly Resource[],
  root: string,
  context: string,
  io: Io,
): Promise<string[]> {
  const wanted = builds(resources, sources(root));
  if (wanted.length === 0) return [];
  const builder = builders.find((name) => lookUp(name, io.env) !== undefined);
  const maker = clusterTools.find(
    ({ load, name }) => load(context, "") !== undefined && lookUp(name, io.env) !== undefined,
  );
  const names = wanted.map(({ image }) => image).join(", ");
  if (builder === undefined || (maker === undefined && context !== "docker-desktop")) {
    const why =
      builder === undefined
        ? `none of ${builders.join(", ")} is installed`
        : `no installed tool can load images into ${context}`;
    io.err(`${visible(`! ${names}: not built, because ${why}; the nodes have to pull from a registry`)}\n`);
    return [];
  }
  const rebuilt: string[] = [];
  for (const build of wanted) {
    const before = await idOf(build, builder);
    await follow([builder, ...buildArgs(build)], root, io);
    if ((await idOf(build, builder)) !== before) rebuilt.push(build.image);
    if (maker !== undefined)
      await load(build, builder, maker.name, (archive) => maker.load(context, archive) ?? [], root, io);
  }
  return rebuilt;
}

/** The id of the image; empty if it does not exist. */
async function idOf(build: Build, builder: string): Promise<string> {
  const { code, stdout } = await run(builder, inspectArgs(build), { timeout: 60_000, maxOutput: 1 << 16 });
  return code === 0 ? stdout.toString("utf8").trim() : "";
}

/** The folders in images/ that have a Containerfile. */
function sources(root: string): string[] {
  const folder = join(root, "images");
  if (tryKindOf(folder) !== "folder") return [];
  const names = listFolder(folder).flatMap(({ name, kind }) => (kind === "folder" ? [name] : []));
  return names.filter((name) => tryKindOf(join(folder, name, "Containerfile")) === "file");
}

/** Loads an image through an archive, because all builders can write archives and all cluster tools can read them. */
async function load(
  build: Build,
  builder: string,
  loader: string,
  loadArgs: (archive: string) => readonly string[],
  root: string,
  io: Io,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const archive = join(folder, "image.tar");
    await follow([builder, ...saveArgs(build, archive)], root, io);
    await follow([loader, ...loadArgs(archive)], root, io);
  });
}

async function follow([program = "", ...args]: readonly string[], cwd: string, io: Io): Promise<void> {
  io.err(`${visible([program, ...args].join(" "))}\n`);
  const say = (line: string) => io.err(`  ${visible(line)}\n`);
  const { code } = await stream(program, args, { cwd, onLine: say, onError: say }).ended;
  if (code !== 0) throw new UserError(`${program} ${args[0]} failed; see its output above`);
}
