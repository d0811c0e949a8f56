import { maturity } from "../core/api-version.ts";
import { editDistance, nearest } from "../core/nearest.ts";
import { groupOf } from "../core/resource.ts";
import type { Place } from "../vocabulary/place.ts";
import { installKind, kindsIn } from "./crds/catalog.ts";
import { knowKind } from "./rules.ts";
import type { Schemas } from "./schemas.ts";
import type { Kind } from "./shape.ts";

export const unknownKind = "schema/unknown-kind";

type Said = readonly [message: string, help: string | undefined];

/** Says what may be done about a kind that nothing is known of; where it is known in another version, to use that one. */
export function reportUnknown(at: Place, schemas: Schemas): void {
  const served = versionsOf(at, schemas);
  const nothing = `nothing is known of the kind ${at.kind} in ${at.apiVersion}`;
  const [message, help] = notServed(served, at) ?? [nothing, hint(at, schemas)];
  at.report("NotSupported", message, help, unknownKind);
}

/** A custom kind in the versions of its API group that are served, the most mature first. */
function versionsOf({ apiVersion, kind }: Place, schemas: Schemas): Kind[] {
  return schemas
    .apiVersionsOf(kind)
    .filter((one) => groupOf(one) === groupOf(apiVersion))
    .flatMap((one) => schemas.kind(one, kind) ?? [])
    .filter(({ isBuiltIn }) => !isBuiltIn)
    .sort((a, b) => maturity(b.apiVersion) - maturity(a.apiVersion));
}

function versionOf({ apiVersion }: Pick<Kind, "apiVersion">): string {
  return apiVersion.slice(apiVersion.indexOf("/") + 1);
}

function notServed(served: readonly Kind[], at: Place): Said | undefined {
  const [newest] = served;
  if (newest === undefined) return undefined;
  const { apiVersion, bundledOf } = newest;
  const says = `${at.kind} is served in ${served.map(versionOf).join(" and ")}, not in ${versionOf(at)}`;
  const use = `Write apiVersion: ${apiVersion}`;
  if (bundledOf === undefined)
    return [`${says}, by its CustomResourceDefinition`, `${use}, or serve ${versionOf(at)} in the definition.`];
  return [
    `${says}, by the definition of ${bundledOf}, which comes with the gate`,
    `${use}. Where the cluster has another version of it, name its CustomResourceDefinition under schemas in gitops.yaml.`,
  ];
}

function hint(at: Place, schemas: Schemas): string | undefined {
  const group = groupOf(at.apiVersion);
  if (installKind(group, at.kind) !== undefined) return adviceOnKind(at);
  const homes = schemas.apiVersionsOf(at.kind);
  const known = homes.length > 0 ? `${at.kind} is a kind of ${homes.join(" and ")}.` : "";
  const isCustom = group.includes(".") && !group.endsWith(".k8s.io");
  if (known !== "" && !isCustom) return known;
  const meant = nearest(at.kind, schemas.kindsOf(at.apiVersion)) ?? slipOf(at.kind, group);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  if (!group.includes(".")) return "Check the spelling of apiVersion and kind.";
  return known === "" ? adviceOnKind(at) : `${adviceOnKind(at)} Or did you mean another API? ${known}`;
}

/** How a kind becomes known, or may stay unknown, with what to write in gitops.yaml. */
export function adviceOnKind({ apiVersion, kind }: Named): string {
  const install = installKind(groupOf(apiVersion), kind);
  if (install !== undefined || !isPlain.test(`${apiVersion}/${kind}`)) return install ?? knowKind;
  return knowKind.replace(/\.$/, `: [${patternOf({ apiVersion, kind })}].`);
}

type Named = Pick<Kind, "apiVersion" | "kind">;

/** What YAML takes without quotes. */
const isPlain = /^[\w.-]+\/\w+\/\w+$/;

/**
 * What `allowUnknownKinds` has to have: a whole group, unless some of its kinds are known. A slip in the name of one of these is
 * not to be allowed.
 */
export function patternOf({ apiVersion, kind }: Named): string {
  const group = groupOf(apiVersion);
  return kindsIn(group).length > 0 ? `${apiVersion}/${kind}` : `${group}/*`;
}

/** A kind whose definition comes with the gate, but for a letter. */
function slipOf(kind: string, group: string): string | undefined {
  return kindsIn(group).find((one) => editDistance(one.toLowerCase(), kind.toLowerCase()) <= 1);
}
