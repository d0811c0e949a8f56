import { each, type TypeDemands } from "../../vocabulary/demand.ts";
import { stringsIn, unique, wildcardAlone } from "../../vocabulary/lists.ts";
import { pathSegment } from "../../vocabulary/names.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { required } from "../../vocabulary/presence.ts";
import { element, exactlyOneWordOf } from "../../vocabulary/text.ts";

const something: Check = (value, at) => {
  if ((value ?? "") === "") at.required();
};

/** Resources and their parts, either of them any: the wider one makes a narrower one idle (`validateResources`). */
const resources: Check = (value, at) => {
  const given = stringsIn(value);
  const wholes = new Set<string>();
  const parts = new Set<string>();
  given.forEach((resource, index) => {
    const slash = resource.indexOf("/");
    if (slash < 0) return;
    const [name, part] = [resource.slice(0, slash), resource.slice(slash + 1)];
    const wider = wholes.has(name) ? `${name}/*` : parts.has(part) ? `*/${part}` : undefined;
    if (wider !== undefined) at.under(index, () => beside(resource, wider, at));
    if (part === "*") wholes.add(name);
    if (name === "*") parts.add(part);
  });
  if (given.length > 1 && given.includes("*/*")) beside("others", "*/*", at);
  // The API server looks at the last one without a slash only.
  const last = given.findLast((resource) => resource !== "" && !resource.includes("/"));
  if (given.includes("*") && last !== "*") beside("others", "*", at);
};

function beside(what: string, wider: string, at: Place): void {
  at.invalid(`has ${what} beside ${wider}, which stands for it`, `Keep "${wider}" alone, or remove it.`);
}

const operations = exactlyOneWordOf("*", "CONNECT", "CREATE", "DELETE", "UPDATE");

const ruleWithOperations = {
  operations: [required, wildcardAlone, each((value, at) => operations(value ?? "", at))],
  apiGroups: [required, wildcardAlone],
  apiVersions: [required, wildcardAlone, each(something)],
  resources: [required, each(something), resources],
  scope: exactlyOneWordOf("*", "Cluster", "Namespaced"),
};

/** A policy that changes objects is asked about all but DELETE. */
export const changingOperations: Check = each({
  operations: each((value, at) => {
    if (value === "DELETE") at.notSupported(value, ["*", "CONNECT", "CREATE", "UPDATE"]);
  }),
});

/** Which requests admission webhooks and policies are asked about. */
export const admissionRules: TypeDemands = {
  "admissionregistration.v1.RuleWithOperations": ruleWithOperations,
  "admissionregistration.v1.NamedRuleWithOperations": [
    ruleWithOperations,
    { resourceNames: [unique, each(element(pathSegment))] },
  ],
  "admissionregistration.v1.MatchResources": { matchPolicy: exactlyOneWordOf("Equivalent", "Exact") },
};
