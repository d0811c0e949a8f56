import { each, fieldIs, onObject, rule, type TypeDemands, when } from "../../vocabulary/demand.ts";
import { dns1123Subdomain, pathSegment } from "../../vocabulary/names.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset, required, requiredBecause } from "../../vocabulary/presence.ts";
import { exactlyOneWordOf, oneOf } from "../../vocabulary/text.ts";

/** A rule speaks either of resources, by group and name, or of paths that are none (`ValidatePolicyRule`). */
const resourcesOrUrls = onObject((rule, at) => {
  const aboutResources = !isUnset(rule.apiGroups) || !isUnset(rule.resources) || !isUnset(rule.resourceNames);
  if (!isUnset(rule.nonResourceURLs)) {
    const refuse = () => at.invalid("stands beside resources", "Make a rule of its own for the URLs.");
    if (aboutResources) at.under("nonResourceURLs", refuse);
    return;
  }
  for (const field of ["apiGroups", "resources"]) {
    if (isUnset(rule[field])) at.under(field, () => at.required("in a rule about resources", hints[field]));
  }
});

const hints: Readonly<Record<string, string>> = {
  apiGroups: 'Name the API groups of the resources; "" is the core group.',
  resources: "Name the resources, in their plural: pods.",
};

/** What is no resource has no namespace. */
const clusterOnly: Check = (value, at) => {
  if (!isUnset(value)) at.invalid("is set in a Role, which is of one namespace", "Put the rule into a ClusterRole.");
};

const isServiceAccount = fieldIs("kind", "ServiceAccount");
const isPerson = fieldIs("kind", "User", "Group");

/** Absent, it is defaulted. */
const ownGroupOnly = oneOf("rbac.authorization.k8s.io");

/** Accounts are of the core group, whose name is empty. */
const coreGroupOnly: Check = (value, at) => {
  if (!isUnset(value))
    at.say("NotSupported", `is ${at.show(value)}; a ServiceAccount is of the core group`, "Remove it.");
};

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
export const rbac: TypeDemands = {
  "rbac.v1.PolicyRule": [resourcesOrUrls, { verbs: required }],
  "rbac.v1.AggregationRule": { clusterRoleSelectors: required },
  "rbac.v1.RoleRef": { apiGroup: ownGroupOnly, name: [required, rule("apply/name", pathSegment)] },

  // ValidateRoleBindingSubject
  "rbac.v1.Subject": {
    kind: exactlyOneWordOf("ServiceAccount", "User", "Group"),
    name: [required, rule("apply/name", when(isServiceAccount, dns1123Subdomain))],
    apiGroup: [when(isServiceAccount, coreGroupOnly), when(isPerson, ownGroupOnly)],
  },

  "rbac.v1.Role": { rules: each({ nonResourceURLs: clusterOnly }) },
  "rbac.v1.RoleBinding": { roleRef: { kind: exactlyOneWordOf("Role", "ClusterRole") } },
  "rbac.v1.ClusterRoleBinding": {
    roleRef: { kind: exactlyOneWordOf("ClusterRole") },
    subjects: each({ namespace: when(isServiceAccount, requiredBecause("for a ServiceAccount")) }),
  },
};
