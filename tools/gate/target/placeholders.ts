import type { Problem } from "../../core/finding.ts";
import { at } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";

/** What a program fills in before a manifest is applied: `${NAME}`, `$NAME`, `{{ .Name }}`, `<name>`, `__NAME__`. */
const placeholder =
  /\$\{[^{}]{1,100}\}|\$[A-Z_][A-Z0-9_]*|\{\{[^{}]{1,100}\}\}|<[A-Za-z][^<>\s]{0,100}>|__[A-Z][A-Z0-9_]*__/;

/** The problem with advice on a value that still has to be filled in: how to correct the value itself is no help then. */
export function aboutPlaceholder(problem: Problem, { object }: Resource): Problem {
  const value = at(object, problem.pointer);
  const [name] = (typeof value === "string" && placeholder.exec(value)) || [];
  if (name === undefined) return problem;
  const who = name.startsWith("$") ? " (envsubst; for Flux, postBuild of the Kustomization that applies this)" : "";
  return { ...problem, help: `${name} is a placeholder: fill it in first${who}, and check the result.` };
}
