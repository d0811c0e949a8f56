import { spawnSync } from "node:child_process";

/** The image's packages, Redis, and a wrapper that resolves host names without the machine's hosts file. */
export const serverPackages = ["apache2", "libapache2-mod-php", "php-redis", "redis-server", "libnss-wrapper"];

/**
 * Checks that Debian packages are installed.
 *
 * @param {readonly string[]} needed names of Debian packages
 * @returns {string | undefined} a sentence with the command that installs the missing ones; undefined if none is missing
 */
export function missingPackages(needed) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own template.
  const format = "--showformat=${Package} ${db:Status-Status}\\n";
  const { error, stdout } = spawnSync("dpkg-query", ["--show", format, ...needed], { encoding: "utf8" });
  const missing = error ? needed : needed.filter((name) => !stdout.split("\n").includes(`${name} installed`));
  if (missing.length === 0) return undefined;
  return `Debian packages are missing: apt-get install --no-install-recommends ${missing.join(" ")}`;
}
