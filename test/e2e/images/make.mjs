import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $, which } from "zx";
import { base } from "./recipes.mjs";

export const mirror = process.env.DEBIAN_MIRROR ?? "http://deb.debian.org/debian";
/** By the command that each has. */
const packages = { buildah: "buildah", debootstrap: "debootstrap" };

/** What keeps images from being made here, in words for a person; undefined where nothing does. */
export function obstacle() {
  if (process.platform !== "linux") return "images are made on Linux only";
  const missing = Object.keys(packages).filter((tool) => which.sync(tool, { nothrow: true }) === null);
  const words = missing.map((tool) => packages[tool]).join(" ");
  if (missing.length > 0) return `${missing.join(" and ")}: not installed; apt-get install ${words}`;
  return process.getuid() === 0 ? undefined : "root is needed: debootstrap makes the files of a system";
}

/**
 * A place to build in. With a storage of its own, no images of the machine are touched, and taking it away leaves nothing.
 *
 * @param {string} [parent]
 */
export function workshop(parent = tmpdir()) {
  const folder = mkdtempSync(join(parent, "guestbook-images-"));
  const storage = ["--root", join(folder, "storage"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
  const shell = $({ quiet: true });

  /** In no namespaces, so that it also works within a container: what it runs is this repository's. */
  async function build(name, file, context) {
    const isolated = ["--isolation", "chroot", "--network", "host", "--pull-never"];
    await shell`buildah ${storage} build ${isolated} --format docker --tag ${name} --file ${file} ${context}`;
  }

  return {
    /** The base, by debootstrap. */
    async makeBase() {
      const context = join(folder, "debian");
      const rootfs = join(context, "rootfs");
      mkdirSync(rootfs, { recursive: true });
      await shell`debootstrap --variant=minbase bookworm ${rootfs} ${mirror}`;
      furnish(rootfs);
      await shell`tar --create --file ${join(context, "rootfs.tar")} --directory ${rootfs} .`;
      await build(base.name, join(base.folder, "Containerfile"), context);
    },
    /** An image from its Containerfile, on the base that is there. */
    make: ({ tag, folder: source }) => build(tag, join(source, "Containerfile"), source),
    load: (archive) => shell`buildah ${storage} pull --quiet docker-archive:${archive}`,
    async save({ name, tag }, archive) {
      await shell`buildah ${storage} push --quiet ${tag} docker-archive:${archive}:${tag}`;
      if (name !== tag) await rename(archive, name);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Gives an archive a name with a digest, which it is not by: nodes take it for what was pinned, and ask no registry for that. */
async function rename(archive, name) {
  const folder = mkdtempSync(join(tmpdir(), "guestbook-archive-"));
  const file = join(folder, "manifest.json");
  const shell = $({ quiet: true });
  try {
    await shell`tar --extract --file ${archive} --directory ${folder} manifest.json`;
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify(manifest.map((image) => ({ ...image, RepoTags: [name] }))));
    await shell`tar --delete --file ${archive} manifest.json`;
    await shell`tar --append --file ${archive} --directory ${folder} manifest.json`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function furnish(rootfs) {
  const suites = ["bookworm", "bookworm-updates"].map((suite) => `deb ${mirror} ${suite} main\n`);
  const security = "deb http://deb.debian.org/debian-security bookworm-security main\n";
  writeFileSync(join(rootfs, "etc/apt/sources.list"), [...suites, security].join(""));
  copyFileSync(join(base.folder, "apt.conf"), join(rootfs, "etc/apt/apt.conf.d/slim"));
  copyFileSync(join(base.folder, "dpkg.cfg"), join(rootfs, "etc/dpkg/dpkg.cfg.d/slim"));
  for (const path of ["usr/share/info", "usr/share/locale", "usr/share/man", "var/cache/apt", "var/lib/apt/lists"]) {
    rmSync(join(rootfs, path), { recursive: true });
    mkdirSync(join(rootfs, path));
  }
}
