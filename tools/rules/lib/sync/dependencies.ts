import { groupBy } from "../../../core/group.ts";
import { isObject, objectAt, stringAt } from "../../../core/json.ts";
import type { RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import type { Resource } from "../../../core/resource.ts";
import { valuesAt } from "../places.ts";
import { groupKind } from "../target.ts";

/** A Kustomization or a HelmRelease of Flux, and what it waits for. */
interface Dependent {
  readonly resource: Resource;
  readonly target: TargetFacts;
  readonly waitsFor: readonly Dependency[];
}

interface Dependency {
  readonly on: Dependent;
  /** Points to the name in the waiting resource. */
  readonly pointer: string;
}

const kinds = ["Kustomization.kustomize.toolkit.fluxcd.io", "HelmRelease.helm.toolkit.fluxcd.io"];

/**
 * The resources that may wait for others, as far as the dependency is certain: if several have the same name, because they are
 * for several clusters, the one in the same target. `checkDependencies` of kustomize-controller and helm-controller
 */
export function dependents({ targets }: RepositoryContext): readonly Dependent[] {
  const all = targets.flatMap((target) =>
    [...target.syncs.map(({ resource }) => resource), ...target.naming]
      .filter((resource) => kinds.includes(groupKind(resource)) && objectAt(resource.object, "spec")?.suspend !== true)
      .map((resource) => ({ resource, target, waitsFor: [] as Dependency[] })),
  );
  const called = groupBy(all, ({ resource }) => key(resource, resource.namespace, resource.name));
  for (const one of all) {
    for (const { value, pointer } of valuesAt(one.resource.object, "spec/dependsOn/*")) {
      // With readyExpr, it may not wait until the other one is ready.
      if (!isObject(value) || value.readyExpr !== undefined) continue;
      const namespace = stringAt(value, "namespace") ?? one.resource.namespace;
      const found = called.get(key(one.resource, namespace, stringAt(value, "name") ?? "")) ?? [];
      const on = found.find(({ target }) => target === one.target) ?? (namespace && !found[1] ? found[0] : undefined);
      if (on !== undefined) one.waitsFor.push({ on, pointer: `${pointer}/name` });
    }
  }
  return all;
}

function key(resource: Resource, namespace: string | undefined, name: string): string {
  return JSON.stringify([groupKind(resource), namespace, name]);
}

/** Resources, each of which waits for the next, and the last for the first. */
export type Cycle = readonly (Dependency & { readonly by: Dependent })[];

/** The cycles; only one of cycles that overlap. */
export function* cycles(all: readonly Dependent[]): Generator<Cycle> {
  const done = new Set<Dependent>();
  for (const start of all) {
    const path = [{ by: start, left: [...start.waitsFor], pointer: "" }];
    const at = new Map([[start, 0]]);
    if (done.has(start)) continue;
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.left.shift();
      if (next === undefined) {
        done.add(last.by);
        at.delete(last.by);
        path.pop();
        continue;
      }
      if (done.has(next.on)) continue;
      last.pointer = next.pointer;
      const from = at.get(next.on);
      if (from === undefined) {
        at.set(next.on, path.length);
        path.push({ by: next.on, left: [...next.on.waitsFor], pointer: "" });
        continue;
      }
      const circle = path.slice(from);
      yield circle.map(({ by, pointer }, index) => ({ by, pointer, on: circle[index + 1]?.by ?? next.on }));
      for (const { by } of path) done.add(by);
      path.length = 0;
    }
  }
}
