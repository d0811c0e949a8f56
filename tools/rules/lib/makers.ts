import { groupBy } from "../../core/group.ts";
import { objectAt, stringAt } from "../../core/json.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import type { TargetContext, Violation } from "../../policy/define.ts";
import { bundledKinds } from "../../validate/crds/catalog.ts";
import { isMaker } from "./created.ts";
import { meant } from "./misspelt.ts";
import type { Named } from "./named-references.ts";
import { groupKind, indexOf, perTarget } from "./target.ts";

/**
 * The violation for an object that is missing, as a warning if the operator of a custom resource in its namespace may create
 * it: nothing is known of what is created from a kind without a definition. What the target shows to be a mistake stays an error.
 */
export function unlessMade(violation: Violation, { kind, namespace, name }: Named, context: TargetContext): Violation {
  const makers = makersByNamespace(context).get(namespace ?? "");
  const { ofKindIn, find } = indexOf(context);
  const names = ofKindIn(kind, namespace).map((one) => one.name);
  if (makers === undefined || find(kind, undefined, name) || meant(name, names, context) !== undefined)
    return violation;
  const kinds = [...new Set(makers.map((one) => one.kind))].sort().join(" or ");
  return {
    ...violation,
    severity: "warning",
    message: `${violation.message}, unless the operator of ${kinds} creates it`,
  };
}

/** The custom resources of kinds that have no definition, neither here nor in the gate, by namespace. */
const makersByNamespace = perTarget((context) => {
  const defined = new Set(
    indexOf(context)
      .ofKind("CustomResourceDefinition.apiextensions.k8s.io")
      .map(({ object }) => {
        const spec = objectAt(object, "spec");
        return `${stringAt(objectAt(spec, "names"), "kind")}.${stringAt(spec, "group")}`;
      }),
  );
  const isUnknown = (resource: Resource) =>
    !settings.test(resource.kind) && !bundled.has(groupKind(resource)) && !defined.has(groupKind(resource));
  return groupBy(
    context.resources.filter((one) => isMaker(one) && isUnknown(one)),
    ({ namespace = "" }) => namespace,
  );
});

/** Kinds from which nothing is made, as they rule or select something: the ends of their names. */
const settings = /(?:Binding|Class|Dashboard|Filter|Firewall|Monitor|Polic(?:y|ie)|Profile|Quota|Role|Route|Rule)s?$/;

const bundled = new Set(bundledKinds.map(({ apiVersion, kind }) => `${kind}.${groupOf(apiVersion)}`));
