import type { LoadedConfig } from "../config/config.ts";
import { UserError } from "../core/errors.ts";
import { supportedVersions } from "../vocabulary/versions.ts";
import type { Args } from "./command.ts";

/** The versions asked for, else those of gitops.yaml, else the newest that most clusters run; each as `1.36`. */
export function kubernetesVersions(args: Args, config: LoadedConfig): string[] {
  const asked = args.strings("kubernetes");
  const versions = asked.length > 0 ? asked : (config.kubernetes ?? ["1.36"]);
  return [...new Set(versions.map(minorVersion))];
}

/** `v1.36.2` is a release of 1.36. */
function minorVersion(version: string): string {
  const minor = /^v?(\d+\.\d+)(?:\.\d+)?$/.exec(version)?.[1] ?? "";
  if (supportedVersions.includes(minor)) return minor;
  throw new UserError(`Kubernetes ${version} is not known; known are ${supportedVersions.join(", ")}`);
}
