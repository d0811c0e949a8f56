import { each, fieldIs, onObject, rule, type TypeDemands, when } from "../../vocabulary/demand.ts";
import { dns1123Subdomain, pathSegment } from "../../vocabulary/names.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset, required, requiredBecause } from "../../vocabulary/presence.ts";
import { exactlyOneWordOf, oneOf } from "../../vocabulary/text.ts";

/** A rule is either for resources or for non-resource URLs (`ValidatePolicyRule`). */
const resourcesOrUrls = onObject((rule, at) => {
  const hasResources = !isUnset(rule.apiGroups) || !isUnset(rule.resources) || !isUnset(rule.resourceNames);
  if (!isUnset(rule.nonResourceURLs)) {
    const refuse = () => at.invalid("is set together with resources", "Use a separate rule for the URLs.");
    if (hasResources) at.under("nonResourceURLs", refuse);
    return;
  }
  for (const field of ["apiGroups", "resources"]) {
    if (isUnset(rule[field])) at.under(field, () => at.required("in a rule for resources", hints[field]));
  }
});

const hints: Readonly<Record<string, string>> = {
  apiGroups: 'Name the API groups of the resources; "" is the core group.',
  resources: "Name the resources in the plural, such as pods.",
};

/** Non-resource URLs have no namespace. */
const clusterOnly: Check = (value, at) => {
  if (!isUnset(value))
    at.invalid("is set in a Role, which is limited to its namespace", "Move the rule to a ClusterRole.");
};

const isServiceAccount = fieldIs("kind", "ServiceAccount");
const isUserOrGroup = fieldIs("kind", "User", "Group");

/** An empty group gets the default. */
const ownGroupOnly = oneOf("rbac.authorization.k8s.io");

/** ServiceAccounts are in the core group, whose name is empty. */
const coreGroupOnly: Check = (value, at) => {
  if (!isUnset(value))
    at.say("NotSupported", `is ${at.show(value)}; a ServiceAccount is in the core group`, "Remove it.");
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
    apiGroup: [when(isServiceAccount, coreGroupOnly), when(isUserOrGroup, ownGroupOnly)],
  },

  "rbac.v1.Role": { rules: each({ nonResourceURLs: clusterOnly }) },
  "rbac.v1.RoleBinding": { roleRef: { kind: exactlyOneWordOf("Role", "ClusterRole") } },
  "rbac.v1.ClusterRoleBinding": {
    roleRef: { kind: exactlyOneWordOf("ClusterRole") },
    subjects: each({ namespace: when(isServiceAccount, requiredBecause("for a ServiceAccount")) }),
  },
};
