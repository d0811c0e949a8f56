import { glob } from "../../core/glob.ts";
import { tokens } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import type { Allowance, Scope } from "../../core/scope.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { fieldDifferences } from "../../validate/differences.ts";
import type { Schemas } from "../../validate/index.ts";
import { groupKind } from "../lib/target.ts";

/** Found by comparing an overlay with what it builds on: see tools/gate/target/overlay-scope.ts. */
export const overlayScope = definePolicy({
  id: "gitops/overlay-scope",
  severity: "error",
  why: "An overlay that changes more than its name says surprises everyone who trusts the name: what was tested with another overlay runs differently here.",
  fix: "Take the change out of the overlay, move it into the shared base, or declare it under scopes in gitops.yaml.",
});

/** The changes of an overlay that its scope does not allow. A violation about a removed resource has no location. */
export function beyondScope(
  before: readonly Resource[],
  after: readonly Resource[],
  scope: Scope,
  schemas: Schemas,
): Violation[] {
  const [was, is] = [before, after].map(byIdentity) as [Map<string, Resource>, Map<string, Resource>];
  const changed = [...is].flatMap(([id, resource]) => {
    const base = was.get(id);
    return base === undefined ? added(resource, scope) : changes(base, resource, scope, schemas);
  });
  return [...changed, ...[...was].flatMap(([id, resource]) => (is.has(id) ? [] : removed(resource, scope)))];
}

/** An overlay may change the namespace of everything, so it only distinguishes resources of the same kind and name. */
function byIdentity(resources: readonly Resource[]): Map<string, Resource> {
  const named = new Map<string, Resource>();
  for (const resource of resources) {
    const id = `${groupKind(resource)}\n${resource.name}`;
    named.set(named.has(id) ? `${id}\n${resource.namespace ?? ""}` : id, resource);
  }
  return named;
}

function added(resource: Resource, { against, allow }: Scope): Violation[] {
  if (allow.some((one) => one.add === true && isAbout(one, resource))) return [];
  const message = `${shown(resource)} is not in ${against}, and its scope does not allow adding it`;
  return [{ resource, pointer: "", message }];
}

function removed(resource: Resource, { against, allow }: Scope): Violation[] {
  if (allow.some((one) => one.remove === true && isAbout(one, resource))) return [];
  return [
    { pointer: "", message: `${shown(resource)} of ${against} is missing, and its scope does not allow removing it` },
  ];
}

function changes(base: Resource, resource: Resource, { against, allow }: Scope, schemas: Schemas): Violation[] {
  const fields = allow.filter((one) => isAbout(one, resource)).flatMap((one) => one.fields ?? []);
  const type = schemas.kind(resource.apiVersion, resource.kind)?.type;
  return fieldDifferences(base.object, resource.object, type)
    .filter(({ pattern }) => !fields.some((field) => isWithin(pattern, tokens(field))))
    .map(({ pointer, path }) => {
      const message = `${path} of ${shown(resource)} differs from ${against}, which its scope does not allow`;
      return { resource, pointer, message };
    });
}

function isWithin(path: readonly string[], field: readonly string[]): boolean {
  return field.length <= path.length && field.every((token, index) => token === "*" || token === path[index]);
}

function isAbout({ kind, name }: Allowance, resource: Resource): boolean {
  return (
    (kind === undefined || [kind].flat().includes(resource.kind)) &&
    (name === undefined || [name].flat().some((pattern) => glob(pattern).test(resource.name)))
  );
}

function shown({ kind, name }: Resource): string {
  return `${kind} ${name}`;
}
