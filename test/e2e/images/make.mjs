import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $, which } from "zx";
import { base } from "./recipes.mjs";

export const mirror = process.env.DEBIAN_MIRROR ?? "http://deb.debian.org/debian";
/** Debian packages by the command they provide. */
const packages = { buildah: "buildah", debootstrap: "debootstrap" };

/** A message that says why images cannot be built here; undefined if they can. */
export function obstacle() {
  if (process.platform !== "linux") return "images can be built on Linux only";
  const missing = Object.keys(packages).filter((tool) => which.sync(tool, { nothrow: true }) === null);
  const words = missing.map((tool) => packages[tool]).join(" ");
  if (missing.length > 0) return `${missing.join(" and ")}: not installed; apt-get install ${words}`;
  return process.getuid() === 0 ? undefined : "root is required: debootstrap creates the files of a system";
}

/**
 * A temporary place to build in. It has its own image storage, so the machine's images are not touched; `close` removes it.
 *
 * @param {string} [parent]
 */
export function workshop(parent = tmpdir()) {
  const folder = mkdtempSync(join(parent, "guestbook-images-"));
  const storage = ["--root", join(folder, "storage"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
  const shell = $({ quiet: true });

  /** Builds without namespaces, so that it also works inside a container; all build files are from this repository. */
  async function build(name, file, context) {
    const isolated = ["--isolation", "chroot", "--network", "host", "--pull-never"];
    await shell`buildah ${storage} build ${isolated} --format docker --tag ${name} --file ${file} ${context}`;
  }

  return {
    /** Builds the base image with debootstrap. */
    async makeBase() {
      const context = join(folder, "debian");
      const rootfs = join(context, "rootfs");
      mkdirSync(rootfs, { recursive: true });
      await shell`debootstrap --variant=minbase bookworm ${rootfs} ${mirror}`;
      furnish(rootfs);
      await shell`tar --create --file ${join(context, "rootfs.tar")} --directory ${rootfs} .`;
      await build(base.name, join(base.folder, "Containerfile"), context);
    },
    /** Builds an image from its Containerfile; the base image has to exist. */
    make: ({ tag, folder: source }) => build(tag, join(source, "Containerfile"), source),
    load: (archive) => shell`buildah ${storage} pull --quiet docker-archive:${archive}`,
    async save({ name, tag }, archive) {
      await shell`buildah ${storage} push --quiet ${tag} docker-archive:${archive}:${tag}`;
      if (name !== tag) await rename(archive, name);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Renames the image in an archive to a name with a digest: nodes then use it as the pinned image, and pull nothing. */
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
