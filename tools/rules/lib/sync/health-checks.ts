import { glob } from "../../../core/glob.ts";
import { isObject, listAt, objectAt, stringAt } from "../../../core/json.ts";
import { isOneEditApart } from "../../../core/nearest.ts";
import type { ObjectFact, RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import { groupOf } from "../../../core/resource.ts";
import type { Named } from "../named-references.ts";
import { valuesAt } from "../places.ts";
import { mayBeSameNamespace } from "../target.ts";
import { isOfProvider } from "../unmatched.ts";
import { covers } from "./applied-objects.ts";
import { appliedBy, coveredBy, ownSyncs } from "./covered.ts";
import type { Sync } from "./sync.ts";

/** A health check of an object that does not exist: the Kustomization never becomes ready. */
interface LostCheck extends Named {
  readonly sync: Sync;
  /** Points to the name in the resource. */
  readonly pointer: string;
  /** What the Kustomization applies instead, in words; undefined if the object may be created in another way. */
  readonly instead: string | undefined;
}

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#health-checks */
export function* lostHealthChecks(repository: RepositoryContext): Generator<LostCheck> {
  const { targets, whole } = repository;
  const syncs = ownSyncs(repository).filter(checksHealth);
  if (!whole || syncs.length === 0 || targets.some(({ failed }) => failed)) return;
  // What targetNamespace moves is no longer where its target has it.
  const isMoved = (target: TargetFacts) => syncs.some((one) => one.rename.namespace && covers(one, target, repository));
  const unmoved = targets.flatMap((one) => objectsIn(isMoved(one) ? { ...one, objects: [] } : one));
  const all = [...unmoved, ...ownSyncs(repository).flatMap((sync) => factsOf(sync, repository))];
  for (const sync of syncs) {
    const applied = factsOf(sync, repository);
    if (applied.length === 0 || isUnknown(sync, repository)) continue;
    const isPlain = applied.every(({ group }) => builtIn.test(group));
    for (const check of checksOf(sync)) {
      if (all.some((one) => isSame(one, check))) continue;
      const instead = insteadOf(check, applied);
      if (instead !== undefined || isPlain)
        yield { ...check, kind: check.group ? `${check.kind}.${check.group}` : check.kind, sync, instead };
    }
  }
}

type Fact = Pick<ObjectFact, "group" | "kind" | "namespace" | "name">;

type Check = Fact & Pick<LostCheck, "pointer">;

/** Groups of kinds from which no other objects are created, apart from pods and what belongs to a workload. */
const builtIn = /^(?:apps|batch|autoscaling|policy|(?:networking|rbac\.authorization|storage|scheduling)\.k8s\.io|)$/;

/** With `wait`, all applied objects are checked instead. */
function checksHealth({ by, resource }: Sync): boolean {
  const spec = objectAt(resource.object, "spec");
  return by === "flux" && spec?.wait !== true && listAt(spec, "healthChecks").length > 0;
}

function checksOf({ resource }: Sync): Check[] {
  return valuesAt(resource.object, "spec/healthChecks/*").flatMap(({ value, pointer }) => {
    if (!isObject(value)) return [];
    const [kind, name] = [stringAt(value, "kind") ?? "", stringAt(value, "name") ?? ""];
    const [namespace, version] = [stringAt(value, "namespace"), stringAt(value, "apiVersion") ?? ""];
    const isOpen = [kind, name, namespace, version].some((text) => text?.includes("${"));
    if (isOpen || !kind || !name || isOfProvider(namespace)) return [];
    return { group: groupOf(version), kind, name, namespace, pointer: `${pointer}/name` };
  });
}

/** Whether the Kustomization may apply more than its targets render: charts, components, and patches that rename. */
function isUnknown(sync: Sync, repository: RepositoryContext): boolean {
  const spec = objectAt(sync.resource.object, "spec");
  const isOfChart = ({ charts = [] }: TargetFacts) => charts.length > 0;
  const renames = (patch: unknown) => isObject(patch) && /\/metadata\/|\$patch/.test(String(patch.patch));
  const isPatched = listAt(spec, "components").length > 0 || listAt(spec, "patches").some(renames);
  return isPatched || repository.targets.some((one) => isOfChart(one) && coveredBy(sync, one, repository).length > 0);
}

function factsOf(sync: Sync, repository: RepositoryContext): Fact[] {
  const { namespace, prefix, suffix } = sync.rename;
  return appliedBy(sync, repository).map((one) => ({
    ...one,
    name: `${prefix}${one.name}${suffix}`,
    namespace: namespace ?? one.namespace,
  }));
}

function objectsIn({ objects, made = [] }: TargetFacts): Fact[] {
  const created = made.map(({ kind: full, namespace, name }) => {
    const [kind = "", ...group] = full.split(".");
    return { group: group.join("."), kind, namespace, name };
  });
  return [...objects, ...created];
}

function isSame(one: Fact, wanted: Check): boolean {
  const isOpen = one.namespace?.includes("${") || mayBeSameNamespace(one.namespace, wanted.namespace);
  return one.group === wanted.group && one.kind === wanted.kind && isOpen && patternOf(one.name).test(wanted.name);
}

/** Variables in a name stand for anything. */
function patternOf(name: string): RegExp {
  return glob(name.replaceAll(/\$\{[^}]*\}/g, "*"));
}

/** The applied object that the check means, in words. */
function insteadOf({ group, kind, name, namespace }: Check, applied: readonly Fact[]): string | undefined {
  const ofKind = applied.filter((one) => one.kind === kind);
  const called = ofKind.find((one) => one.name === name);
  if (called !== undefined && called.group !== group) return `${kind} is in the API group "${called.group}"`;
  if (called !== undefined) return `it is in namespace ${called.namespace}`;
  const near = ofKind.find((one) => isOneEditApart(one.name, name) && mayBeSameNamespace(one.namespace, namespace));
  return near && `did you mean "${near.name}"?`;
}
