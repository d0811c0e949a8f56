import { each, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { maxItems, uniqueBy } from "../../vocabulary/lists.ts";
import { isSubdomain, qualifiedName } from "../../vocabulary/names.ts";
import { range } from "../../vocabulary/numbers.ts";
import { required } from "../../vocabulary/presence.ts";
import { exactlyOneWordOf, format } from "../../vocabulary/text.ts";
import { matchCondition } from "./expressions.ts";
import { understoodVersions } from "./webhook-client.ts";

/** `IsFullyQualifiedName`. */
const fullyQualified = format(
  "a DNS name with at least three parts",
  "Use a name such as pods.policy.example.com.",
  (name) => isSubdomain(name) && name.split(".").length >= 3,
);

const webhook = {
  name: rule("apply/name", [required, fullyQualified]),
  failurePolicy: exactlyOneWordOf("Fail", "Ignore"),
  matchPolicy: exactlyOneWordOf("Equivalent", "Exact"),
  sideEffects: exactlyOneWordOf("None", "NoneOnDryRun"),
  timeoutSeconds: range(1, 30),
  admissionReviewVersions: understoodVersions,
  matchConditions: [maxItems(64), uniqueBy("name"), each(matchCondition())],
};

/** https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/ */
export const webhooks: TypeDemands = {
  "admissionregistration.v1.ValidatingWebhook": webhook,
  "admissionregistration.v1.MutatingWebhook": [webhook, { reinvocationPolicy: exactlyOneWordOf("Never", "IfNeeded") }],
  "admissionregistration.v1.ValidatingWebhookConfiguration": { webhooks: uniqueBy("name") },
  "admissionregistration.v1.MutatingWebhookConfiguration": { webhooks: uniqueBy("name") },
  "admissionregistration.v1.MatchCondition": { name: rule("apply/name", [required, qualifiedName]) },
};
