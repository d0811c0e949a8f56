import { join } from "node:path";
import { type Build, buildArgs, builders, builds, inspectArgs, saveArgs } from "../../cluster/images.ts";
import { makers } from "../../cluster/makers.ts";
import { UserError } from "../../core/errors.ts";
import type { Resource } from "../../core/resource.ts";
import { visible } from "../../report/style.ts";
import { listFolder, tryKindOf, withTemporaryFolder } from "../../system/disk.ts";
import { lookUp } from "../../system/path.ts";
import { run, stream } from "../../system/process.ts";
import type { Io } from "../command.ts";

/**
 * Builds the images that the repository has the source of, and loads them into a cluster of this machine. Where there is no
 * container tool, or no way into the cluster, it says so: the nodes then pull what a registry has.
 *
 * @param root of the repository.
 * @returns the names of those that are not what they were before.
 * @throws UserError when a build fails.
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
  const maker = makers.find(({ load, name }) => load(context, "") !== undefined && lookUp(name, io.env) !== undefined);
  const names = wanted.map(({ image }) => image).join(", ");
  if (builder === undefined || (maker === undefined && context !== "docker-desktop")) {
    const why =
      builder === undefined ? `none of ${builders.join(", ")} is here` : `nothing here loads images into ${context}`;
    io.err(`${visible(`! ${names}: not built, since ${why}; the nodes pull it`)}\n`);
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

/** Empty where the image is not there. */
async function idOf(build: Build, builder: string): Promise<string> {
  const { code, stdout } = await run(builder, inspectArgs(build), { timeout: 60_000, maxOutput: 1 << 16 });
  return code === 0 ? stdout.toString("utf8").trim() : "";
}

/** The folders of images/ that say how they are built. */
function sources(root: string): string[] {
  const folder = join(root, "images");
  if (tryKindOf(folder) !== "folder") return [];
  const names = listFolder(folder).flatMap(({ name, kind }) => (kind === "folder" ? [name] : []));
  return names.filter((name) => tryKindOf(join(folder, name, "Containerfile")) === "file");
}

/** By an archive, which every builder writes and every cluster tool reads, whichever of each there is. */
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
  if (code !== 0) throw new UserError(`${program} ${args[0]} has failed; what it said stands above`);
}
