import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { objectsIn, stringsIn } from "./lists.ts";
import { textOf } from "./text.ts";

/** Whether a label selector selects these labels (`LabelSelectorAsSelector`). Invalid requirements are ignored. */
export function selects(selector: JsonObject, labels: JsonObject): boolean {
  return (
    selectsAll(selector.matchLabels, labels) && objectsIn(selector.matchExpressions).every((one) => holds(one, labels))
  );
}

/** Whether `labels` contains all `wanted` labels. */
export function selectsAll(wanted: Json | undefined, labels: JsonObject): boolean {
  if (!isObject(wanted)) return true;
  return Object.keys(wanted).every((key) => Object.hasOwn(labels, key) && textOf(labels[key]) === textOf(wanted[key]));
}

function holds({ key, operator, values }: JsonObject, labels: JsonObject): boolean {
  const isThere = Object.hasOwn(labels, textOf(key));
  const isListed = isThere && stringsIn(values).includes(textOf(labels[textOf(key)]));
  switch (operator) {
    case "In":
      return isListed;
    case "NotIn":
      return !isListed;
    case "Exists":
      return isThere;
    case "DoesNotExist":
      return !isThere;
    default:
      return true;
  }
}

/** Whether a label selector has no requirements and so selects everything. */
export function isEmptySelector({ matchLabels, matchExpressions }: JsonObject): boolean {
  const hasLabels = isObject(matchLabels) && Object.keys(matchLabels).length > 0;
  return !hasLabels && !(Array.isArray(matchExpressions) && matchExpressions.length > 0);
}
