import { isObject, type Json } from "../../core/json.ts";
import { at } from "../../core/pointer.ts";
import type { OpenFact } from "../../core/repository.ts";
import { resourceId } from "../../core/resource.ts";
import { hasVariable, neededVariablesIn } from "../../core/variable.ts";
import type { Issue } from "./checked.ts";

/** The issues of a target that other targets may resolve; see {@link OpenFact}. */
export function openFacts(issues: readonly Issue[]): OpenFact[] {
  return issues.flatMap(({ problem, resource }): OpenFact[] => {
    if (resource === undefined) return [];
    const { rule, pointer, wants } = problem;
    const value = at(resource.object, pointer) ?? null;
    const variables = variablesOf(value);
    const isAbsent = rule === "schema/required";
    const isNull = rule === "schema/type" && value === null;
    if (wants === undefined && variables === undefined && !isAbsent && !isNull) return [];
    const isBeside = wants !== undefined && wants.namespace === resource.namespace;
    const ofValue = isAbsent ? { isAbsent } : isNull ? { isNull } : undefined;
    const what = ofValue ?? (variables ? { variables } : { wants, isBeside });
    return [{ rule, resource: resourceId(resource), pointer, ...what }];
  });
}

/**
 * The variables without a default in a string, or in a map of strings, such as labels; undefined if there are no variables
 * at all.
 */
function variablesOf(value: Json): string[] | undefined {
  const texts = typeof value === "string" ? [value] : isObject(value) ? Object.entries(value).flat() : [];
  const isText = texts.every((one): one is string => typeof one === "string");
  if (!isText || !texts.some(hasVariable)) return undefined;
  return [...new Set(texts.flatMap(neededVariablesIn))];
}
