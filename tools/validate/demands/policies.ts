import { objectAt, stringAt } from "../../core/json.ts";
import { each, onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { maxItems, stringsIn, unique, uniqueBy } from "../../vocabulary/lists.ts";
import { dns1035Label, dns1123Subdomain, pathSegment, qualifiedName } from "../../vocabulary/names.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset, present, required } from "../../vocabulary/presence.ts";
import { exactlyOneWordOf, oneOf, textOf, trimSpace } from "../../vocabulary/text.ts";
import { changingOperations } from "./admission-rules.ts";
import { isBlank } from "./expressions.ts";
import { mutatingExpressions, validatingExpressions } from "./policy-expressions.ts";

/** The kind of the parameters (`validateParamKind`). */
const apiVersion: Check = (value, at) => {
  const parts = textOf(value) === "/" ? ["", ""] : textOf(value).split("/");
  const [group, version] = parts.length > 1 ? parts : ["", parts[0]];
  const fits =
    parts.length < 3 && (group === "" || dns1123Subdomain.fits(group ?? "")) && dns1035Label.fits(version ?? "");
  if (textOf(value) === "") at.required();
  else if (!fits) at.invalid(`is ${at.show(value)}, which is not an API version`, "Use v1 or group/version.");
};

const mixedCaseLabel: Check = (value, at) => {
  if (typeof value === "string" && value !== "" && !dns1035Label.fits(value.toLowerCase()))
    at.invalid(`is ${at.show(value)}, which is not a kind`, "Use a kind such as ConfigMap.");
};

/** Parameters are selected by name or by labels, not both (`validateParamRef`). */
const nameOrSelector = onObject(({ name, selector }, at) => {
  const hasSelector = (selector ?? undefined) !== undefined;
  if (isUnset(name) && !hasSelector) at.say("Required", "needs a name or a selector", "Add one of the two.");
  if (isUnset(name) || !hasSelector) return;
  at.under("name", () => at.forbidden("together with selector"));
  at.under("selector", () => at.forbidden("together with name"));
});

const written: Check = (value, at) => {
  if (isBlank(value)) at.required();
};

/** Reserved words of CEL. */
const reserved = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);

const variableName: Check = (value, at) => {
  if (isBlank(value)) at.required();
  else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(textOf(value)) || reserved.has(textOf(value)))
    at.invalid(`is ${at.show(value)}, which cannot name a variable`, "Use letters, digits and _; begin with a letter.");
};

/** The annotation's key is <policy name>/<key>. */
const annotationKey: Check = (value, at) => {
  const name = stringAt(objectAt(at.root, "metadata"), "name") ?? "";
  if (name === "") at.invalid("needs the name of the policy as its prefix", "Name the policy.");
  else if (!qualifiedName.fits(`${name}/${textOf(value)}`)) {
    at.invalid(`is ${at.show(value)}; with the prefix ${name}/, it is not ${qualifiedName.is}`, qualifiedName.help);
  }
};

const atMost20: Check = (value, at) => {
  if (Array.isArray(value) && value.length > 20)
    at.invalid(`has ${value.length} elements; at most 20 are allowed`, "Remove some.");
};

const validationsOrAnnotations = onObject((spec, at) => {
  if (!isUnset(spec.validations) || !isUnset(spec.auditAnnotations)) return;
  for (const [field, other] of [
    ["validations", "auditAnnotations"],
    ["auditAnnotations", "validations"],
  ] as const) {
    at.under(field, () => at.required(`unless ${other} is set`, "Add a validation or an audit annotation."));
  }
});

const message: Check = (value, at) => {
  if (typeof value !== "string" || value === "") return;
  if (isBlank(value)) at.invalid("is blank", "Remove it or add a message.");
  else if (/[\n\r]/.test(trimSpace(value))) at.invalid("has a line break", "Write it on one line.");
};

/** Exactly the field that patchType names must be set (`validateMutation`). */
function mutationOf(name: string, type: string): Check {
  return (value, at) => {
    const given = at.parent.patchType;
    if (given === type && value === undefined) at.required(`when patchType is ${type}`);
    const other = given === "JSONPatch" || given === "ApplyConfiguration";
    if (other && given !== type && value !== undefined)
      at.invalid(`is set, but patchType is ${given}`, `Remove ${name}.`);
  };
}

const policy = {
  failurePolicy: exactlyOneWordOf("Fail", "Ignore"),
  matchConstraints: [present, { resourceRules: required }],
  matchConditions: [maxItems(64), uniqueBy("name")],
};

const policyName = rule("apply/name", [required, dns1123Subdomain]);

const denyAndWarn: Check = (value, at) => {
  const actions = stringsIn(value);
  if (actions.includes("Deny") && actions.includes("Warn"))
    at.invalid("has both Deny and Warn, which report the same", "Keep one of the two.");
};

/**
 * https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/ and mutating-admission-policy
 */
export const policies: TypeDemands = {
  "admissionregistration.v1.ValidatingAdmissionPolicySpec": [
    policy,
    validationsOrAnnotations,
    validatingExpressions,
    { auditAnnotations: [atMost20, uniqueBy("key")] },
  ],
  "admissionregistration.v1.Validation": {
    message,
    reason: exactlyOneWordOf("Forbidden", "Invalid", "RequestEntityTooLarge"),
  },
  "admissionregistration.v1.AuditAnnotation": { key: annotationKey },
  "admissionregistration.v1.Variable": { name: variableName, expression: written },
  "admissionregistration.v1.ParamKind": { apiVersion, kind: [required, mixedCaseLabel] },
  "admissionregistration.v1.ParamRef": [
    nameOrSelector,
    {
      name: rule("apply/name", pathSegment),
      parameterNotFoundAction: [required, oneOf("Deny", "Allow")],
    },
  ],
  "admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec": {
    policyName,
    validationActions: [required, unique, each(exactlyOneWordOf("Audit", "Deny", "Warn")), denyAndWarn],
  },
  "admissionregistration.v1.MutatingAdmissionPolicySpec": [
    policy,
    mutatingExpressions,
    {
      matchConstraints: { resourceRules: changingOperations },
      mutations: required,
      reinvocationPolicy: [required, oneOf("Never", "IfNeeded")],
    },
  ],
  "admissionregistration.v1.Mutation": {
    patchType: [required, oneOf("ApplyConfiguration", "JSONPatch")],
    jsonPatch: mutationOf("jsonPatch", "JSONPatch"),
    applyConfiguration: mutationOf("applyConfiguration", "ApplyConfiguration"),
  },
  "admissionregistration.v1.MutatingAdmissionPolicyBindingSpec": {
    policyName,
    matchResources: { resourceRules: changingOperations },
  },
};
