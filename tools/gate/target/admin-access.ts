import { objectAt, stringAt } from "../../core/json.ts";
import type { CreatedObject } from "../../core/repository.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import type { Issue } from "./checked.ts";

// Validation sees one resource at a time; whether a claim may have admin access depends on its namespace.

/** https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#admin-access */
const label = "resource.kubernetes.io/admin-access";

/** Stands for the label among the objects of a repository: a kind that no API server has. */
const right = { kind: "AdminAccess", name: label };

/** What the label of a Namespace gives to the claims of all targets. */
export function rightsOf(resource: Resource): CreatedObject[] {
  return isNamespace(resource) && isLabelled(resource) ? [{ ...right, namespace: resource.name }] : [];
}

/**
 * The issues without those about admin access that the Namespace of the target allows. If the target does not have the
 * Namespace, another one may.
 */
export function withRights(issues: readonly Issue[], resources: readonly Resource[]): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    const { problem, resource } = issue;
    if (resource === undefined || !isRefused(issue)) return [issue];
    const { namespace } = resource;
    const found = resources.find((one) => isNamespace(one) && one.name === namespace);
    if (found === undefined) return [{ ...issue, problem: { ...problem, wants: { ...right, namespace } } }];
    return isLabelled(found) ? [] : [issue];
  });
}

function isRefused({ problem: { pointer, reason }, resource }: Issue): boolean {
  const isClaim = groupOf(resource?.apiVersion ?? "") === "resource.k8s.io";
  return isClaim && reason === "Forbidden" && pointer.endsWith("/adminAccess");
}

function isNamespace({ apiVersion, kind }: Resource): boolean {
  return apiVersion === "v1" && kind === "Namespace";
}

function isLabelled({ object }: Resource): boolean {
  return stringAt(objectAt(objectAt(object, "metadata"), "labels"), label) === "true";
}
