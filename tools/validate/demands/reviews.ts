import { isObject } from "../../core/json.ts";
import { each, onObject, type TypeDemands } from "../../vocabulary/demand.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset, required } from "../../vocabulary/presence.ts";
import { labelKey } from "./metadata.ts";

/** The API server answers a review and does not store it, so it cannot be applied. */
const neverApplied: Check = (_value, at) => {
  const sentence = `${at.kind} is a request to the API server, not a stored object: it can be created but never applied`;
  at.report("NotSupported", sentence, "Remove it from the repository.", "schema/unknown-kind");
};

/** Reviews have no metadata except the fields in `allowed`. */
const noMetadata = (allowed: readonly string[] = []): Check =>
  onObject(({ metadata }, at) => {
    const fields = Object.entries(isObject(metadata) ? metadata : {}).filter(([, value]) => !isUnset(value));
    if (fields.some(([field]) => !allowed.includes(field) && field !== "managedFields")) {
      at.under("metadata", () => at.invalid("is set in a review", "Remove it."));
    }
  });

const isSet = (value: unknown) => (value ?? undefined) !== undefined;

/** A review is about either a resource or a non-resource URL. */
const oneSubject = onObject(({ resourceAttributes, nonResourceAttributes }, at) => {
  const [first, second] = [isSet(resourceAttributes), isSet(nonResourceAttributes)];
  if (first && second)
    at.under("nonResourceAttributes", () =>
      at.invalid("is set together with resourceAttributes", "Keep one of the two."),
    );
  if (!first && !second)
    at.under("resourceAttributes", () => at.invalid("is missing, like nonResourceAttributes", "Add one of the two."));
});

const userOrGroups = onObject(({ user, groups }, at) => {
  if (isUnset(user) && isUnset(groups))
    at.under("user", () => at.invalid("is empty, like groups", "Name a user or a group."));
});

/** A review limited to one namespace (`ValidateLocalSubjectAccessReview`). */
const ownNamespace = onObject(({ metadata, spec }, at) => {
  if (!isObject(spec)) return;
  const own = (isObject(metadata) ? metadata.namespace : undefined) ?? "";
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (isObject(resourceAttributes) && (resourceAttributes.namespace ?? "") !== own) {
    const path = ["spec", "resourceAttributes", "namespace"];
    at.beneath(path, () => at.invalid("is not the namespace of the review", "Set both to the same namespace."));
  }
  if (isSet(nonResourceAttributes)) {
    const path = ["spec", "nonResourceAttributes"];
    at.beneath(path, () => at.invalid("is set in a review limited to a namespace", "Use a SubjectAccessReview."));
  }
});

/** `validateFieldSelectorAttributes`, `validateLabelSelectorAttributes`. */
const rawOrRequirements = onObject(({ rawSelector, requirements }, at) => {
  const [raw, parsed] = [!isUnset(rawSelector), !isUnset(requirements)];
  if (raw && parsed)
    at.under("rawSelector", () => at.invalid("is set together with requirements", "Keep one of the two."));
  if (!raw && !parsed) at.under("requirements", () => at.required("unless rawSelector is set"));
});

/** https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access */
export const reviews: TypeDemands = {
  "authorization.v1.SubjectAccessReview": [neverApplied, noMetadata()],
  "authorization.v1.SelfSubjectAccessReview": [neverApplied, noMetadata()],
  "authorization.v1.SelfSubjectRulesReview": neverApplied,
  "authorization.v1.LocalSubjectAccessReview": [neverApplied, noMetadata(["namespace"]), ownNamespace],
  "authorization.v1.SubjectAccessReviewSpec": [oneSubject, userOrGroups],
  "authorization.v1.SelfSubjectAccessReviewSpec": oneSubject,
  "authorization.v1.FieldSelectorAttributes": [rawOrRequirements, { requirements: each({ key: required }) }],
  "authorization.v1.LabelSelectorAttributes": [rawOrRequirements, { requirements: each({ key: labelKey }) }],
  "authentication.v1.SelfSubjectReview": neverApplied,
  "authentication.v1.TokenReview": neverApplied,
  "authentication.v1.TokenReviewSpec": { token: required },
};
