import { isObject } from "../../core/json.ts";
import { each, onObject, type TypeDemands } from "../../vocabulary/demand.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset, required } from "../../vocabulary/presence.ts";
import { labelKey } from "./metadata.ts";

/** A review is a question: it is answered, not kept, and there is nothing to apply. */
const isQuestion: Check = (_value, at) => {
  const sentence = `${at.kind} is a question to the API server, not an object: it can be created, and never applied`;
  at.report("NotSupported", sentence, "Remove it from the repository.", "schema/unknown-kind");
};

/** What is asked about has no name and no labels; `kept` names the field that it may have. */
const noMetadata = (kept: readonly string[] = []): Check =>
  onObject(({ metadata }, at) => {
    const fields = Object.entries(isObject(metadata) ? metadata : {}).filter(([, value]) => !isUnset(value));
    if (fields.some(([field]) => !kept.includes(field) && field !== "managedFields")) {
      at.under("metadata", () => at.invalid("is set in a review", "Remove it."));
    }
  });

const isThere = (value: unknown) => (value ?? undefined) !== undefined;

/** Either of a resource, or of a path that is none. */
const oneQuestion = onObject(({ resourceAttributes, nonResourceAttributes }, at) => {
  const [first, second] = [isThere(resourceAttributes), isThere(nonResourceAttributes)];
  if (first && second)
    at.under("nonResourceAttributes", () => at.invalid("stands beside resourceAttributes", "Keep one of the two."));
  if (!first && !second)
    at.under("resourceAttributes", () => at.invalid("is absent, as nonResourceAttributes is", "Add one of the two."));
});

const someone = onObject(({ user, groups }, at) => {
  if (isUnset(user) && isUnset(groups)) at.under("user", () => at.invalid("is empty, as groups is", "Name someone."));
});

/** A question about one namespace (`ValidateLocalSubjectAccessReview`). */
const ownNamespace = onObject(({ metadata, spec }, at) => {
  if (!isObject(spec)) return;
  const own = (isObject(metadata) ? metadata.namespace : undefined) ?? "";
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (isObject(resourceAttributes) && (resourceAttributes.namespace ?? "") !== own) {
    const path = ["spec", "resourceAttributes", "namespace"];
    at.beneath(path, () => at.invalid("is not the namespace of the review", "Set both to the same."));
  }
  if (isThere(nonResourceAttributes)) {
    const path = ["spec", "nonResourceAttributes"];
    at.beneath(path, () => at.invalid("is set in a review of a namespace", "Ask a SubjectAccessReview."));
  }
});

/** `validateFieldSelectorAttributes`, `validateLabelSelectorAttributes`. */
const rawOrRequirements = onObject(({ rawSelector, requirements }, at) => {
  const [raw, parsed] = [!isUnset(rawSelector), !isUnset(requirements)];
  if (raw && parsed) at.under("rawSelector", () => at.invalid("stands beside requirements", "Keep one of the two."));
  if (!raw && !parsed) at.under("requirements", () => at.required("unless rawSelector is there"));
});

/** https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access */
export const reviews: TypeDemands = {
  "authorization.v1.SubjectAccessReview": [isQuestion, noMetadata()],
  "authorization.v1.SelfSubjectAccessReview": [isQuestion, noMetadata()],
  "authorization.v1.SelfSubjectRulesReview": isQuestion,
  "authorization.v1.LocalSubjectAccessReview": [isQuestion, noMetadata(["namespace"]), ownNamespace],
  "authorization.v1.SubjectAccessReviewSpec": [oneQuestion, someone],
  "authorization.v1.SelfSubjectAccessReviewSpec": oneQuestion,
  "authorization.v1.FieldSelectorAttributes": [rawOrRequirements, { requirements: each({ key: required }) }],
  "authorization.v1.LabelSelectorAttributes": [rawOrRequirements, { requirements: each({ key: labelKey }) }],
  "authentication.v1.SelfSubjectReview": isQuestion,
  "authentication.v1.TokenReview": isQuestion,
  "authentication.v1.TokenReviewSpec": { token: required },
};
