import { stringAt } from "../../core/json.ts";
import { podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { claimsOf } from "../../rules/lib/claims.ts";
import { configReferences } from "../../rules/lib/config-references.ts";
import { namedReferences } from "../../rules/lib/named-references.ts";
import { operatorReferences } from "../../rules/lib/operator-references.ts";
import { isKnownHere } from "../../rules/lib/reference.ts";
import { endOf, type Link } from "../link.ts";

/** What must exist first: settings, secrets, claims, accounts, and all other references of a resource. */
export function* needs(context: TargetContext): Generator<Link> {
  for (const from of context.resources) {
    const { namespace } = from;
    const pod = podOf(from);
    for (const { kind, name, key, optional } of pod ? configReferences(pod) : operatorReferences(from))
      yield { from, to: endOf({ kind, namespace, name }, context, !optional), relation: "reads", detail: key };
    for (const named of namedReferences(from))
      yield { from, to: endOf(named, context, isKnownHere(named, context)), relation: "names" };
    yield* ofPod(from, context);
  }
}

function* ofPod(from: Resource, context: TargetContext): Generator<Link> {
  const { namespace } = from;
  for (const name of claimsOf(from))
    yield { from, to: endOf({ kind: "PersistentVolumeClaim", namespace, name }, context), relation: "mounts" };
  const spec = podOf(from)?.spec;
  const account = stringAt(spec, "serviceAccountName") || stringAt(spec, "serviceAccount");
  if (account && account !== "default")
    yield { from, to: endOf({ kind: "ServiceAccount", namespace, name: account }, context), relation: "runs-as" };
}
