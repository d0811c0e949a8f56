import type { Problem } from "../../core/finding.ts";
import { at } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { storeOf } from "../../rules/lib/placeholder.ts";

/**
 * What a program fills in before a manifest is applied: `${NAME}`, `$NAME`, `{{ .Name }}`, `<name>`, `<name | base64encode>`,
 * `__NAME__`.
 */
const placeholder =
  /\$\{[^{}]{1,100}\}|\$[A-Z_][A-Z0-9_]*|\{\{[^{}]{1,100}\}\}|<[A-Za-z][^<>\s]{0,200}(?:\s*\|[^<>]{1,100})?>|__[A-Z][A-Z0-9_]*__/;

/** The problem with advice on a value that still has to be filled in: how to correct the value itself is no help then. */
export function aboutPlaceholder(problem: Problem, { object }: Resource): Problem {
  const value = at(object, problem.pointer);
  const help = typeof value === "string" ? adviceOn(value, problem) : undefined;
  return help === undefined ? problem : { ...problem, help };
}

function adviceOn(value: string, problem: Problem): string | undefined {
  const name = placeholder.exec(value)?.[0] ?? referenceIn(value, problem);
  if (name === undefined) return adviceOnCapitals(value, problem);
  const who = name.startsWith("$") ? " (envsubst; for Flux, postBuild of the Kustomization that applies this)" : "";
  return `${name} is a placeholder: fill it in first${who}, and check the result.`;
}

/** How a reference to a value in a store begins: `ref+op:…`, `vault:…`. Other rules have names with such a start, as of images. */
function referenceIn(value: string, { rule }: Problem): string | undefined {
  const store = rule === "schema/type" ? storeOf(value) : undefined;
  return store === undefined ? undefined : `${store}…`;
}

/** Words in capitals that people replace: `PROJECT_ID`, or `NAMESPACE` in `NAMESPACE-web.example.com`. */
const capitals =
  /(?<![A-Za-z0-9])(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PLACEHOLDER|CHANGE-?ME|REPLACE-?ME|TODO|TBD|YOUR|NAMESPACE|CLUSTER|DOMAIN|HOSTNAME|ENVIRONMENT|PROJECT|REGION|TIMESTAMP)(?![A-Za-z0-9_])/;

/** Whether a value has to be a DNS name, in lower case. */
const isOfName = ({ message }: Problem) => message.includes("not a DNS ") || message.includes("[-a-z0-9]*[a-z0-9]");

function adviceOnCapitals(value: string, problem: Problem): string | undefined {
  const [word] = (isOfName(problem) && capitals.exec(value)) || [];
  return word === undefined
    ? undefined
    : `${word} looks like a placeholder: fill it in first. If it is the real name, write it with lowercase letters, digits and -.`;
}
