import { spawnSync } from "node:child_process";

/** What the image is made of, what it talks to, and what lets names be looked up without the machine's hosts file. */
export const serverPackages = ["apache2", "libapache2-mod-php", "php-redis", "redis-server", "libnss-wrapper"];

/**
 * What to install where something is missing.
 *
 * @param {readonly string[]} needed packages of Debian
 * @returns {string | undefined} a sentence with the command; undefined where everything is there
 */
export function missingPackages(needed) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own template.
  const format = "--showformat=${Package} ${db:Status-Status}\\n";
  const { error, stdout } = spawnSync("dpkg-query", ["--show", format, ...needed], { encoding: "utf8" });
  const missing = error ? needed : needed.filter((name) => !stdout.split("\n").includes(`${name} installed`));
  if (missing.length === 0) return undefined;
  return `it needs packages of Debian that are not here: apt-get install --no-install-recommends ${missing.join(" ")}`;
}
