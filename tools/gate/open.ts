import { isObject, type Json } from "../core/json.ts";
import { at } from "../core/pointer.ts";
import type { OpenFact } from "../core/repository.ts";
import { resourceId } from "../core/resource.ts";
import { hasVariable } from "../core/variable.ts";
import type { Issue } from "./judged.ts";

/** What of the issues of a target is settled only beside the others: see {@link OpenFact}. */
export function openAmong(issues: readonly Issue[]): OpenFact[] {
  return issues.flatMap(({ problem, resource }): OpenFact[] => {
    if (resource === undefined) return [];
    const { rule, pointer, wants } = problem;
    const isVariable = varies(at(resource.object, pointer)) || (wants !== undefined && varies(wants.name ?? null));
    if (wants === undefined && !isVariable) return [];
    const isBeside = wants !== undefined && wants.namespace === resource.namespace;
    const what = isVariable ? { isVariable } : { wants, isBeside };
    return [{ rule, resource: resourceId(resource), pointer, ...what }];
  });
}

/** A text with a variable, or one of the texts of a map such as labels. */
function varies(value: Json | undefined): boolean {
  if (typeof value === "string") return hasVariable(value);
  if (!isObject(value)) return false;
  const texts = Object.entries(value).flat();
  return texts.every((one) => typeof one === "string") && texts.some(hasVariable);
}
