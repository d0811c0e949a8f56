import type { LoadedConfig } from "../config/config.ts";
import { UserError } from "../core/errors.ts";
import { defaultVersion, supportedRange, supportedVersions } from "../vocabulary/versions.ts";
import type { Args, Flag } from "./command.ts";

/** The flag that {@link kubernetesVersions} reads, with what the versions are for. */
export function versionFlag(purpose: string): Flag {
  const help = `${purpose}, ${supportedRange}; default: that of gitops.yaml, or ${defaultVersion}`;
  return { type: "string", multiple: true, value: "VERSION", help };
}

/** The requested versions, or those in gitops.yaml, or the default; each in the form `1.36`. */
export function kubernetesVersions(args: Args, config: LoadedConfig): string[] {
  const asked = args.strings("kubernetes");
  const versions = asked.length > 0 ? asked : (config.kubernetes ?? [defaultVersion]);
  return [...new Set(versions.map(minorVersion))];
}

/** `1.36` for `v1.36.2`. @throws UserError for an unsupported version */
function minorVersion(version: string): string {
  const minor = /^v?(\d+\.\d+)(?:\.\d+)?$/.exec(version)?.[1] ?? "";
  if (supportedVersions.includes(minor)) return minor;
  throw new UserError(
    `Kubernetes ${version} is not supported; the supported versions are ${supportedVersions.join(", ")}`,
  );
}
