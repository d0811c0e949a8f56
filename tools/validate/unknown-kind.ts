import { maturity } from "../core/api-version.ts";
import { editDistance, nearest } from "../core/nearest.ts";
import { groupOf } from "../core/resource.ts";
import type { Place } from "../vocabulary/place.ts";
import { installKind, kindsIn } from "./crds/catalog.ts";
import { knowKind } from "./rules.ts";
import type { Schemas } from "./schemas.ts";
import type { Kind } from "./shape.ts";

/** The rule for kinds that are unknown or not served. */
export const unknownKind = "schema/unknown-kind";

type Report = readonly [message: string, help: string | undefined];

/** Reports an unknown kind with what to do about it, or with the API version that serves it. */
export function reportUnknown(at: Place, schemas: Schemas): void {
  const served = versionsOf(at, schemas);
  const nothing = `unknown kind ${at.kind} in ${at.apiVersion}`;
  const [message, help] = notServed(served, at) ?? [nothing, hint(at, schemas)];
  at.report("NotSupported", message, help, unknownKind);
}

/** The served versions of a custom kind in its API group, the most mature first. */
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

function notServed(served: readonly Kind[], at: Place): Report | undefined {
  const [newest] = served;
  if (newest === undefined) return undefined;
  const { apiVersion, bundledOf } = newest;
  const says = `${at.kind} is served in ${served.map(versionOf).join(" and ")}, not in ${versionOf(at)}`;
  const use = `Set apiVersion: ${apiVersion}`;
  if (bundledOf === undefined)
    return [`${says}, by its CustomResourceDefinition`, `${use} or serve ${versionOf(at)} in the definition.`];
  return [
    `${says}, by the bundled definition of ${bundledOf}`,
    `${use}. If the cluster has another version, add its CustomResourceDefinition to schemas in gitops.yaml.`,
  ];
}

function hint(at: Place, schemas: Schemas): string | undefined {
  const group = groupOf(at.apiVersion);
  if (installKind(group, at.kind) !== undefined) return adviceOnKind(at);
  const homes = schemas.apiVersionsOf(at.kind);
  const known = homes.length > 0 ? `${at.kind} is a kind of ${homes.join(" and ")}.` : "";
  const isCustom = group.includes(".") && !group.endsWith(".k8s.io");
  if (known !== "" && !isCustom) return known;
  const meant = nearest(at.kind, schemas.kindsOf(at.apiVersion)) ?? typoOf(at.kind, group);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  if (!group.includes(".")) return "Check the spelling of apiVersion and kind.";
  return known === "" ? adviceOnKind(at) : `${adviceOnKind(at)} Or did you mean another API? ${known}`;
}

/** How to make a kind known or to allow it, as a setting in gitops.yaml. */
export function adviceOnKind({ apiVersion, kind }: Named): string {
  const install = installKind(groupOf(apiVersion), kind);
  if (install !== undefined || !isPlain.test(`${apiVersion}/${kind}`)) return install ?? knowKind;
  return knowKind.replace(/\.$/, `: [${patternOf({ apiVersion, kind })}].`);
}

type Named = Pick<Kind, "apiVersion" | "kind">;

/** Text that YAML accepts without quotes. */
const isPlain = /^[\w.-]+\/\w+\/\w+$/;

/**
 * The pattern for `allowUnknownKinds`: the whole group, or only the kind if other kinds of the group are known, because
 * a pattern for the group would allow typos in their names.
 */
export function patternOf({ apiVersion, kind }: Named): string {
  const group = groupOf(apiVersion);
  return kindsIn(group).length > 0 ? `${apiVersion}/${kind}` : `${group}/*`;
}

/** A bundled kind whose name differs by one letter at most. */
function typoOf(kind: string, group: string): string | undefined {
  return kindsIn(group).find((one) => editDistance(one.toLowerCase(), kind.toLowerCase()) <= 1);
}
