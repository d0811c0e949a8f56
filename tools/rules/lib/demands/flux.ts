import { type Json, type JsonObject, objectAt, stringAt } from "../../../core/json.ts";
import { isVersionRange } from "../../../vocabulary/semver.ts";
import type { Demand, Demands, Wrong } from "./demand.ts";

/**
 * What source-controller and image-reflector-controller report in the status, without trying again.
 * https://fluxcd.io/flux/components/source/helmrepositories/, https://fluxcd.io/flux/components/source/helmcharts/#version
 */
export const ofFlux: Demands = {
  "HelmRepository.source.toolkit.fluxcd.io": [{ path: "spec/url", judge: wrongUrl }],
  "HelmChart.source.toolkit.fluxcd.io": [range("spec/version", ({ sourceRef }) => sourceRef)],
  "HelmRelease.helm.toolkit.fluxcd.io": [
    range("spec/chart/spec/version", (spec) => objectAt(objectAt(spec, "chart"), "spec")?.sourceRef),
  ],
  "GitRepository.source.toolkit.fluxcd.io": [range("spec/ref/semver")],
  "OCIRepository.source.toolkit.fluxcd.io": [range("spec/ref/semver")],
  "ImagePolicy.image.toolkit.fluxcd.io": [range("spec/policy/semver/range")],
};

function wrongUrl(url: Json, spec: JsonObject): Wrong | undefined {
  const isOci = String(url).startsWith("oci://");
  const type = stringAt(spec, "type") ?? "default";
  if (isOci && type === "default") return { does: "has an oci:// URL without type: oci", help: "Set spec.type: oci." };
  if (!isOci && type === "oci")
    return { does: `has type: oci, but the URL ${url}`, help: "Begin the URL with oci://, or remove type: oci." };
  return undefined;
}

/** The versions of charts from a Git repository or a bucket are ignored. */
function range(path: string, sourceIn?: (spec: JsonObject) => Json | undefined): Demand {
  return {
    path,
    judge: (value, spec) => {
      const source = sourceIn?.(spec) as JsonObject | undefined;
      const isRead = sourceIn === undefined || source?.kind === "HelmRepository";
      if (!isRead || typeof value !== "string" || value === "" || isVersionRange(value)) return undefined;
      return {
        does: `asks for version ${value}, which is neither a version nor a range of versions`,
        help: "Write a version such as 1.2.3, or a range such as 1.2.x or >=1.2.0 <2.0.0.",
      };
    },
  };
}
