import { isObject, type Json, type JsonObject, listAt, objectAt, parseJson, stringAt } from "../core/json.ts";
import { tokens } from "../core/pointer.ts";
import { isSame } from "../validate/update/compare.ts";

/** The last manager of a field, according to the API server. */
export interface Owner {
  /** `kubectl-edit` */
  readonly manager: string;
  /** RFC 3339 */
  readonly time?: string;
}

/**
 * The most recent owner of a field of a live object, other than the manager that applies it.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 *
 * @param live with its `managedFields`
 */
export function ownerOf(live: JsonObject, pointer: string, applier: string): Owner | undefined {
  const entries = listAt(objectAt(live, "metadata"), "managedFields").filter(isObject);
  const owners = entries
    .filter((entry) => stringAt(entry, "manager") !== applier)
    .filter((entry) => owns(objectAt(entry, "fieldsV1"), live, tokens(pointer)))
    .sort((a, b) => ((stringAt(a, "time") ?? "") < (stringAt(b, "time") ?? "") ? 1 : -1));
  const [last] = owners;
  const [manager, time] = [stringAt(last, "manager"), stringAt(last, "time")];
  return manager === undefined ? undefined : { manager, ...(time !== undefined && { time }) };
}

/** The managers that used server-side apply on an object. */
export function appliersOf(live: JsonObject): string[] {
  const entries = listAt(objectAt(live, "metadata"), "managedFields").filter(isObject);
  return entries.filter(({ operation }) => operation === "Apply").flatMap((entry) => stringAt(entry, "manager") ?? []);
}

/** `f:` is a field, `k:` an element by its keys, `v:` an element by its value: `FieldsV1` in k8s.io/apimachinery. */
function owns(fields: JsonObject | undefined, value: Json | undefined, [token, ...rest]: readonly string[]): boolean {
  if (fields === undefined) return false;
  if (token === undefined) return true;
  const inner = isObject(value) ? value[token] : Array.isArray(value) ? value[Number(token)] : undefined;
  const key = Array.isArray(value) ? elementKey(fields, inner) : `f:${token}`;
  const next = key === undefined ? undefined : objectAt(fields, key);
  // A field with nothing below is owned together with its whole content.
  return next !== undefined && (Object.keys(next).length === 0 || owns(next, inner, rest));
}

function elementKey(fields: JsonObject, element: Json | undefined): string | undefined {
  return Object.keys(fields).find((key) => {
    const wanted = key.startsWith("k:") || key.startsWith("v:") ? parseJson(key.slice(2)) : undefined;
    if (wanted === undefined) return false;
    if (!key.startsWith("k:")) return isSame(wanted, element);
    return (
      isObject(wanted) && isObject(element) && Object.entries(wanted).every(([name, one]) => isSame(element[name], one))
    );
  });
}
