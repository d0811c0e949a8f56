import { isObject, type Json } from "../../core/json.ts";
import { at } from "../../core/pointer.ts";
import type { OpenFact } from "../../core/repository.ts";
import { resourceId } from "../../core/resource.ts";
import { hasVariable } from "../../core/variable.ts";
import type { Issue } from "./checked.ts";

/** The issues of a target that other targets may resolve; see {@link OpenFact}. */
export function openFacts(issues: readonly Issue[]): OpenFact[] {
  return issues.flatMap(({ problem, resource }): OpenFact[] => {
    if (resource === undefined) return [];
    const { rule, pointer, wants } = problem;
    const isVariable = varies(at(resource.object, pointer)) || (wants !== undefined && varies(wants.name ?? null));
    const isAbsent = rule === "schema/required";
    const isNull = rule === "schema/type" && at(resource.object, pointer) === null;
    if (wants === undefined && !isVariable && !isAbsent && !isNull) return [];
    const isBeside = wants !== undefined && wants.namespace === resource.namespace;
    const ofValue = isAbsent ? { isAbsent } : isNull ? { isNull } : undefined;
    const what = ofValue ?? (isVariable ? { isVariable } : { wants, isBeside });
    return [{ rule, resource: resourceId(resource), pointer, ...what }];
  });
}

/** Whether a value is a string with a variable, or a map of strings, such as labels, that contains one. */
function varies(value: Json | undefined): boolean {
  if (typeof value === "string") return hasVariable(value);
  if (!isObject(value)) return false;
  const texts = Object.entries(value).flat();
  return texts.every((one) => typeof one === "string") && texts.some(hasVariable);
}
