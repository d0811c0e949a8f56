import { objectAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { groupKind } from "../rules/lib/target.ts";
import { isHeadless, typeOf } from "../validate/demands/service-addresses.ts";
import { isUnset } from "../vocabulary/presence.ts";
import type { Reason } from "./effect.ts";

/** What the API server keeps against the meaning of the new manifest, so that nothing changes in the cluster. */
export function keptReasons(before: Resource, after: Resource): Reason[] {
  return groupKind(after) === "Service" && losesNone(before, after) ? [staysHeadless] : [];
}

/** An update without an address keeps the old one, and `None` counts as an address (`patchAllocatedValues`). */
function losesNone(before: Resource, after: Resource): boolean {
  const [was = {}, is = {}] = [before, after].map(({ object }) => objectAt(object, "spec"));
  return isHeadless(was) && typeOf(is) === "ClusterIP" && isUnset(is.clusterIP) && isUnset(is.clusterIPs);
}

const staysHeadless: Reason = {
  effect: "none",
  message: "it stays headless: the API server keeps clusterIP: None although the manifest no longer has it",
  help: "To give it an address, give it a new name, or delete it and let it be recreated: in the meantime, its clients cannot connect.",
};
