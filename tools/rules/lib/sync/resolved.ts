import { glob } from "../../../core/glob.ts";
import { isObject, listAt, objectAt, stringAt } from "../../../core/json.ts";
import { once } from "../../../core/once.ts";
import { tokens } from "../../../core/pointer.ts";
import type { OpenFact, RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import { groupOf, type Resource } from "../../../core/resource.ts";
import { ControlPlane, covers, idOf } from "./applied-objects.ts";
import { controlPlanesOf } from "./control-planes.ts";
import { ownSyncs, possibleSyncs } from "./covered.ts";
import { openPaths, pattern, type Sync } from "./sync.ts";
import { substitutes, unappliedIn } from "./unapplied.ts";

/** A finding of a target that other targets resolve. */
export interface ResolvedFinding extends Pick<OpenFact, "rule"> {
  /** Undefined, as is the pointer, if it is about the target itself. */
  readonly resource?: string;
  readonly pointer?: string;
  /** The name of the target. */
  readonly target: string;
  /** The variables whose values Flux fills in; undefined if it is about something else. */
  readonly variables?: readonly string[] | undefined;
}

/**
 * Missing resources that other targets provide in every cluster that the target is synced to, and findings about values that
 * Flux substitutes. A target that nothing syncs stands for itself.
 */
export const resolvedFindings = once((repository: RepositoryContext): readonly ResolvedFinding[] => {
  const unresolved = repository.targets.filter(({ open = [] }) => open.length > 0);
  const useful = usefulWithoutResources(repository);
  if (unresolved.length === 0) return useful;
  const syncs = possibleSyncs(repository);
  // A target that does not render, or a file of no target, may hold the Application that joins two folders on one control plane.
  const isUnsure = repository.targets.some(({ failed }) => failed) || syncs.length > ownSyncs(repository).length;
  const groups = isUnsure ? [syncs] : controlPlanesOf(repository);
  const planes = groups.map((some) => new ControlPlane(some, repository));
  const isSubstituted = substitution(syncs, repository);
  const isSet = patching(repository);
  const resolved = unresolved.flatMap((target) =>
    (target.open ?? [])
      .filter((fact) => {
        if (fact.variables !== undefined) return isSubstituted(target);
        return fact.isAbsent || fact.isNull ? isSet(fact, target) : isElsewhere(fact, target, planes);
      })
      .map(({ rule, resource, pointer, variables }) => ({ target: target.name, rule, resource, pointer, variables })),
  );
  return [...useful, ...resolved];
});

/** Kustomizations without resources that Flux uses all the same: for health checks, or for components that it adds. */
function usefulWithoutResources(repository: RepositoryContext): ResolvedFinding[] {
  const empty = repository.targets.filter(({ kind, failed, objects }) => {
    return kind === "kustomization" && !failed && objects.length === 0;
  });
  if (empty.length === 0) return [];
  const syncs = possibleSyncs(repository).filter(({ by, resource }) => by === "flux" && isMoreThanPath(resource));
  return empty
    .filter((target) => syncs.some((sync) => covers(sync, target, repository)))
    .map(({ name }) => ({ target: name, rule: "schema/empty-render" }));
}

function isMoreThanPath({ object }: Resource): boolean {
  const spec = objectAt(object, "spec");
  return ["healthChecks", "healthCheckExprs", "components"].some((field) => listAt(spec, field).length > 0);
}

/** A resource that one target lacks, and another one renders into the same namespace. */
export interface MaybeResolved extends Pick<OpenFact, "rule" | "resource" | "pointer"> {
  /** The name of the target. */
  readonly target: string;
  /** The name of the target that renders it. */
  readonly other: string;
  /**
   * Whether the two are parts of one thing, not variants of it: they render nothing in common, and nothing is synced
   * that could leave one of them out.
   */
  readonly isPart: boolean;
}

/**
 * Resources that targets lack in a namespace that they name, and others render there. Only for targets that nothing syncs: it
 * is then unknown whether both go to the same cluster.
 */
export const maybeResolvedFindings = once((repository: RepositoryContext): readonly MaybeResolved[] => {
  const { targets } = repository;
  const syncs = possibleSyncs(repository);
  const isSynced = targets.some((target) => target.failed || target.syncs.length > 0);
  const lacking = targets.filter(({ open = [] }) =>
    open.some(({ wants }) => wants?.name !== undefined && wants.namespace),
  );
  const unsynced = lacking.filter((target) => !syncs.some((sync) => covers(sync, target, repository)));
  return unsynced.flatMap((target) =>
    (target.open ?? []).flatMap(({ rule, resource, pointer, wants }) => {
      const namespace = wants?.namespace;
      if (wants?.name === undefined || !namespace) return [];
      const id = idOf(wants, namespace);
      const others = targets.filter((one) => one !== target && idsOf(one).has(id) && !isVariant(one, target));
      const other = others.find((one) => !shares(one, target)) ?? others[0];
      if (other === undefined) return [];
      const isPart = !isSynced && !shares(other, target);
      return [{ target: target.name, rule, resource, pointer, other: other.name, isPart }];
    }),
  );
});

/** What a target renders into namespaces that it names, and what controllers create from it. */
const idsOf = once(({ objects, made = [] }: TargetFacts): ReadonlySet<string> => {
  const rendered = objects.map(({ group, kind, namespace, name }) => ({
    kind: group === "" ? kind : `${kind}.${group}`,
    namespace,
    name,
  }));
  return new Set([...rendered, ...made].flatMap((one) => (one.namespace ? [idOf(one, one.namespace)] : [])));
});

function shares(one: TargetFacts, other: TargetFacts): boolean {
  const ids = idsOf(other);
  return [...idsOf(one)].some((id) => ids.has(id));
}

/** Whether two targets are overlays of one base, next to each other: they are for different clusters. */
function isVariant(one: TargetFacts, other: TargetFacts): boolean {
  if (parentOf(one) !== parentOf(other)) return false;
  const { bases = [] } = other;
  return one.bases?.some((base) => bases.includes(base)) === true && shares(one, other);
}

function parentOf({ path }: TargetFacts): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function isElsewhere(fact: OpenFact, target: TargetFacts, planes: readonly ControlPlane[]): boolean {
  const places = planes.flatMap((plane) => plane.syncsOf(target).map((sync) => ({ plane, sync })));
  return places.length > 0 && places.every(({ plane, sync }) => plane.has(fact, target, sync));
}

/**
 * Tells whether Flux substitutes the variables of a target: it syncs the target, or would with a Kustomization that nothing
 * applies, and something in the repository sets substitutions. That may be a patch of the parent Kustomization, and the values
 * may only be in the cluster.
 */
function substitution(syncs: readonly Sync[], repository: RepositoryContext): (target: TargetFacts) => boolean {
  const ofFlux = syncs.filter(({ by }) => by === "flux");
  const isUsed = repository.targets.some((target) =>
    target.syncs.some(({ resource }) => substitutes(resource.object.spec)),
  );
  const open = openPaths(repository).map((pattern) => glob(pattern));
  const isSynced = (target: TargetFacts) =>
    ofFlux.some((sync) => covers(sync, target, repository)) || open.some((pattern) => pattern.test(target.path));
  return (target) => {
    if (isUsed && isSynced(target)) return true;
    const unapplied = unappliedIn(repository)(target);
    return unapplied !== undefined && (isUsed || substitutes(unapplied.spec));
  };
}

/**
 * Tells whether a Flux Kustomization may set a field that a target leaves out, or drop a null: it applies the folder, and
 * has a patch that names the kind, and also the field that it sets. A strategic merge patch drops every null of what it
 * patches.
 */
function patching(repository: RepositoryContext): (fact: OpenFact, target: TargetFacts) => boolean {
  const patches = repository.targets.flatMap(({ syncs }) =>
    syncs.flatMap(({ resource: { apiVersion, object } }) => {
      const spec = groupOf(apiVersion) === "kustomize.toolkit.fluxcd.io" ? objectAt(object, "spec") : undefined;
      const path = pattern(stringAt(spec, "path") ?? ".");
      return listAt(spec, "patches")
        .filter(isObject)
        .map((one) => ({
          path,
          text: `${JSON.stringify(one.target ?? {})}\n${one.patch}`,
          isMerge: !/^\s*(?:-\s|\[)/.test(String(one.patch)),
        }));
    }),
  );
  return ({ resource, pointer, isNull }, target) => {
    const kind = resource.split("/").find((part) => /^[A-Z]/.test(part)) ?? "";
    const field = tokens(pointer).at(-1) ?? "";
    const applies = (path: string) => path === "." || glob(`*/${path}/*`).test(`/${target.path}/`);
    return patches.some(({ path, text, isMerge }) => {
      return applies(path) && hasWord(text, kind) && (isNull ? isMerge : hasWord(text, field));
    });
  };
}

function hasWord(text: string, word: string): boolean {
  return text.split(/[^\w.-]+/).includes(word);
}
