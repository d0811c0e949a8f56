import { maturity } from "../core/api-version.ts";
import { distinctBy } from "../core/group.ts";
import { isNear, nearest } from "../core/nearest.ts";
import { groupOf } from "../core/resource.ts";
import type { Place } from "../vocabulary/place.ts";
import { type BundledKind, bundledKinds, catalog, installable, kindsIn, kindsOfGroup } from "./crds/catalog.ts";
import { knowKind } from "./rules.ts";
import type { Schemas } from "./schemas.ts";
import type { Kind } from "./shape.ts";

/** The rule for kinds that are unknown or not served. */
export const unknownKind = "schema/unknown-kind";

type Report = readonly [message: string, help: string | undefined];

type Named = Pick<Kind, "apiVersion" | "kind">;

/** Reports an unknown kind with what to do about it, or with the API version that serves it. */
export function reportUnknown(at: Place, schemas: Schemas): void {
  const nothing = `unknown kind ${at.kind} in ${at.apiVersion}`;
  const [message, help] = notServed(versionsOf(at, schemas), at) ?? notBundled(at) ?? [nothing, hint(at, schemas)];
  at.report("NotSupported", message, help, unknownKind);
}

/** The served versions of a custom kind in its API group, the most mature first. */
function versionsOf({ apiVersion, kind }: Place, schemas: Schemas): Kind[] {
  return schemas
    .apiVersionsOf(kind)
    .filter((one) => groupOf(one) === groupOf(apiVersion))
    .flatMap((one) => schemas.kind(one, kind) ?? [])
    .filter(({ isBuiltIn }) => !isBuiltIn)
    .sort(byMaturity);
}

type Versioned = Pick<Kind, "apiVersion">;

function byMaturity(a: Versioned, b: Versioned): number {
  return maturity(b.apiVersion) - maturity(a.apiVersion);
}

function versionOf({ apiVersion }: Versioned): string {
  return apiVersion.slice(apiVersion.indexOf("/") + 1);
}

function notServed(served: readonly Kind[], at: Place): Report | undefined {
  const [newest] = served;
  if (newest === undefined) return undefined;
  const { apiVersion, bundledOf } = newest;
  if (bundledOf !== undefined)
    return [bundledSays(served, at, bundledOf), waysOut(at, `Set apiVersion: ${apiVersion}.`)];
  const help = `Set apiVersion: ${apiVersion} or serve ${versionOf(at)} in the definition.`;
  return [`${servedSays(served, at)}, by its CustomResourceDefinition`, help];
}

/** A kind whose definition is bundled in other versions only, by a project that `installed` does not name. */
function notBundled(at: Named): Report | undefined {
  const others = bundledElsewhere(at);
  const title = others[0] && catalog[others[0].project]?.title;
  return title === undefined ? undefined : [bundledSays(others, at, title), adviceOnKind(at)];
}

function servedSays(served: readonly Versioned[], at: Named): string {
  return `${at.kind} is served in ${served.map(versionOf).join(" and ")}, not in ${versionOf(at)}`;
}

function bundledSays(served: readonly Versioned[], at: Named, title: string): string {
  return `${servedSays(served, at)}, by the bundled definition of ${title}`;
}

/** The bundled versions of a kind, the most mature first, unless its own version is bundled. */
export function bundledElsewhere({ apiVersion, kind }: Named): BundledKind[] {
  if (kindsIn(apiVersion).includes(kind)) return [];
  const inGroup = bundledKinds.filter((one) => one.kind === kind && groupOf(one.apiVersion) === groupOf(apiVersion));
  return inGroup.filter(({ project }) => project === inGroup[0]?.project).sort(byMaturity);
}

/** What to do about a version that the bundled definition does not serve. */
function waysOut(at: Named, move: string): string {
  const allow = isPlain(at) ? `set allowUnknownKinds: [${patternOf(at)}]` : "allow the kind with allowUnknownKinds";
  return (
    `${move} If the cluster serves ${versionOf(at)}, ` +
    `add that version's CustomResourceDefinition to schemas in gitops.yaml, or ${allow}.`
  );
}

function hint(at: Place, schemas: Schemas): string | undefined {
  const group = groupOf(at.apiVersion);
  if (installable(at.apiVersion, at.kind) !== undefined) return adviceOnKind(at);
  const homes = schemas.apiVersionsOf(at.kind);
  const known = homes.length > 0 ? `${at.kind} is a kind of ${homes.join(" and ")}.` : "";
  const isCustom = group.includes(".") && !group.endsWith(".k8s.io");
  if (known !== "" && !isCustom) return known;
  const meant = nearest(at.kind, schemas.kindsOf(at.apiVersion)) ?? typoOf(at.kind, group);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  if (!group.includes(".")) return elsewhere(at.kind) ?? "Check the spelling of apiVersion and kind.";
  return known === "" ? adviceOnKind(at) : `${adviceOnKind(at)} Or did you mean another API? ${known}`;
}

/** Kinds that OpenShift served in `v1` before 3.6. https://docs.openshift.com/container-platform/3.11/release_notes/index.html */
const ofOpenShift: Readonly<Record<string, string>> = {
  BuildConfig: "build.openshift.io/v1",
  DeploymentConfig: "apps.openshift.io/v1",
  ImageStream: "image.openshift.io/v1",
  Project: "project.openshift.io/v1",
  Route: "route.openshift.io/v1",
  SecurityContextConstraints: "security.openshift.io/v1",
  Template: "template.openshift.io/v1",
};

/** Where a kind belongs that no group of Kubernetes itself has. */
function elsewhere(kind: string): string | undefined {
  const home = Object.hasOwn(ofOpenShift, kind) ? ofOpenShift[kind] : undefined;
  if (home !== undefined) return `OpenShift serves ${kind} as ${home}: set apiVersion: ${home}.`;
  const homes = bundledKinds.filter((one) => one.kind === kind).sort(byMaturity);
  const groups = [...distinctBy(homes, ({ apiVersion }) => groupOf(apiVersion))].map(({ apiVersion }) => apiVersion);
  return groups.length > 0 ? `Set its apiVersion: ${kind} is a kind of ${groups.join(" and ")}.` : undefined;
}

/** How to make a kind known or to allow it, as a setting in gitops.yaml. */
export function adviceOnKind(named: Named): string {
  const project = installable(named.apiVersion, named.kind);
  if (project !== undefined)
    return `If the cluster has it, set installed: [${project}] in gitops.yaml: its definitions are bundled.`;
  const [newest] = bundledElsewhere(named);
  if (newest !== undefined) return waysOut(named, moveTo(newest));
  return isPlain(named) ? knowKind.replace(/\.$/, `: [${patternOf(named)}].`) : knowKind;
}

function moveTo({ apiVersion, project }: BundledKind): string {
  return `Set apiVersion: ${apiVersion}, and installed: [${project}] in gitops.yaml.`;
}

/** Whether YAML accepts the name without quotes. */
function isPlain({ apiVersion, kind }: Named): boolean {
  return /^[\w.-]+\/\w+\/\w+$/.test(`${apiVersion}/${kind}`);
}

/**
 * The pattern for `allowUnknownKinds`: the whole group, or the whole version if the kind is bundled in other versions.
 * Only the kind if other kinds of the group or version are bundled, because such a pattern would allow typos in their
 * names.
 */
export function patternOf(named: Named): string {
  const { apiVersion, kind } = named;
  const group = groupOf(apiVersion);
  if (kindsOfGroup(group).length === 0) return `${group}/*`;
  const isMoved = kindsIn(apiVersion).length === 0 && bundledElsewhere(named).length > 0;
  return `${apiVersion}/${isMoved ? "*" : kind}`;
}

/** A bundled kind whose name differs by one letter at most. */
function typoOf(kind: string, group: string): string | undefined {
  return kindsOfGroup(group).find((one) => isNear(one, kind, 1));
}
