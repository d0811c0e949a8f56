import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { type Placed, valuesAt } from "../lib/places.ts";
import { backendPaths, gateway, gatewayRoutes } from "../lib/routes.ts";
import { groupKind, indexOf, mayBeSameNamespace } from "../lib/target.ts";

/** The default kind of the references of a kind to other namespaces, and where they are. */
const places: Readonly<Record<string, readonly [kind: string, ...paths: string[]]>> = {
  [`Gateway.${gateway}`]: ["Secret", "spec/listeners/*/tls/certificateRefs/*"],
  ...Object.fromEntries(
    gatewayRoutes.map((kind): [string, [string, ...string[]]] => [
      `${kind}.${gateway}`,
      ["Service", ...backendPaths.map((path) => `spec/rules/*/${path}`)],
    ]),
  ),
};

/** `RefNotPermitted` of the Gateway API. */
export const referenceGrant = definePolicy({
  id: "link/reference-grant",
  severity: "error",
  why: "A route or a Gateway may only reference another namespace if a ReferenceGrant there allows it: without one, the route answers 500, and the listener has no certificate. https://gateway-api.sigs.k8s.io/api-types/referencegrant/",
  fix: "Add a ReferenceGrant to the referenced namespace, or declare one under cluster in gitops.yaml.",
  match: { kind: ["Gateway", ...gatewayRoutes] },
  *check(resource, context): Generator<Violation> {
    const [kind, ...paths] = places[groupKind(resource)] ?? [];
    if (kind === undefined) return;
    const found = paths.flatMap((path) => valuesAt(resource.object, path));
    for (const placed of found) yield* judge(placed, kind, resource, context);
  },
});

/** Skips resources that the target does not render: their grants are rendered elsewhere, too, as those of its charts are. */
function* judge(
  { value, pointer }: Placed,
  kind: string,
  resource: Resource,
  context: TargetContext,
): Generator<Violation> {
  if (!isObject(value) || (value.kind ?? kind) !== kind || (value.group ?? "") !== "") return;
  const [namespace, name] = [stringAt(value, "namespace"), stringAt(value, "name")];
  if (!namespace || !name || mayBeSameNamespace(namespace, resource.namespace)) return;
  if (context.isPartial || indexOf(context).find(kind, namespace, name)?.namespace !== namespace) return;
  if (
    (context.cluster ?? []).some(
      (one) => one.kind.split(".")[0] === "ReferenceGrant" && mayBeSameNamespace(one.namespace, namespace),
    )
  )
    return;
  const grants = indexOf(context).ofKindIn(`ReferenceGrant.${gateway}`, namespace);
  if (grants.some(({ object }) => permits(objectAt(object, "spec"), resource, kind, name))) return;
  yield {
    pointer: `${pointer}/namespace`,
    message: `${resource.kind} ${resource.name} references ${kind} ${name} in namespace ${namespace}, but no ReferenceGrant there allows it`,
  };
}

function permits(spec: JsonObject | undefined, from: Resource, kind: string, name: string): boolean {
  const isFrom = listAt(spec, "from").some(
    (one) =>
      isObject(one) &&
      one.group === gateway &&
      one.kind === from.kind &&
      mayBeSameNamespace(stringAt(one, "namespace"), from.namespace),
  );
  const isTo = listAt(spec, "to").some(
    (one) => isObject(one) && (one.group ?? "") === "" && one.kind === kind && (one.name ?? name) === name,
  );
  return isFrom && isTo;
}
