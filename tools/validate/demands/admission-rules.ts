import { each, type TypeDemands } from "../../vocabulary/demand.ts";
import { stringsIn, unique, wildcardAlone } from "../../vocabulary/lists.ts";
import { pathSegment } from "../../vocabulary/names.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { required } from "../../vocabulary/presence.ts";
import { element, exactlyOneWordOf } from "../../vocabulary/text.ts";

const notEmpty: Check = (value, at) => {
  if ((value ?? "") === "") at.required();
};

/** Resources and subresources. A wildcard must not be combined with what it covers (`validateResources`). */
const resources: Check = (value, at) => {
  const given = stringsIn(value);
  const wholes = new Set<string>();
  const parts = new Set<string>();
  given.forEach((resource, index) => {
    const slash = resource.indexOf("/");
    if (slash < 0) return;
    const [name, part] = [resource.slice(0, slash), resource.slice(slash + 1)];
    const wider = wholes.has(name) ? `${name}/*` : parts.has(part) ? `*/${part}` : undefined;
    if (wider !== undefined)
      at.under(index, () => at.invalid(`is ${at.show(resource)}, which ${wider} already covers`, keep(wider)));
    if (part === "*") wholes.add(name);
    if (name === "*") parts.add(part);
  });
  if (given.length > 1 && given.includes("*/*")) covers("*/*", "other resources", at);
  // Of the elements without a slash, the API server checks only the last one.
  const last = given.findLast((resource) => resource !== "" && !resource.includes("/"));
  if (given.includes("*") && last !== "*") covers("*", "other resources", at);
};

function covers(wider: string, what: string, at: Place): void {
  at.invalid(`combines ${wider} with ${what}, which it already covers`, keep(wider));
}

const keep = (wider: string): string => `Keep only "${wider}", or remove it.`;

const operations = exactlyOneWordOf("*", "CONNECT", "CREATE", "DELETE", "UPDATE");

const ruleWithOperations = {
  operations: [required, wildcardAlone, each((value, at) => operations(value ?? "", at))],
  apiGroups: [required, wildcardAlone],
  apiVersions: [required, wildcardAlone, each(notEmpty)],
  resources: [required, each(notEmpty), resources],
  scope: exactlyOneWordOf("*", "Cluster", "Namespaced"),
};

/** Mutating policies can match all operations except DELETE. */
export const changingOperations: Check = each({
  operations: each((value, at) => {
    if (value === "DELETE") at.notSupported(value, ["*", "CONNECT", "CREATE", "UPDATE"]);
  }),
});

/** The requests that admission webhooks and policies match. */
export const admissionRules: TypeDemands = {
  "admissionregistration.v1.RuleWithOperations": ruleWithOperations,
  "admissionregistration.v1.NamedRuleWithOperations": [
    ruleWithOperations,
    { resourceNames: [unique, each(element(pathSegment))] },
  ],
  "admissionregistration.v1.MatchResources": { matchPolicy: exactlyOneWordOf("Equivalent", "Exact") },
};
