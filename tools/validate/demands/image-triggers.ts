import { isObject, type Json, objectAt, stringAt } from "../../core/json.ts";
import type { Place } from "../../vocabulary/place.ts";

const annotation = "image.openshift.io/triggers";
const fieldPath = /^(spec[\w.]*)\[(?:(\d+)|\?\(@\.name==["']([^"']+)["']\))\]\.image$/;

/**
 * Whether OpenShift sets the image of the current container from an image stream tag, so that it can be blank.
 * https://docs.okd.io/latest/openshift_images/triggering-updates-on-imagestream-changes.html
 */
export function isTriggered(at: Place): boolean {
  const triggers = stringAt(objectAt(objectAt(at.root, "metadata"), "annotations"), annotation);
  return triggers !== undefined && triggersIn(triggers).some((trigger) => isAbout(trigger, at));
}

function triggersIn(text: string): Json[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function isAbout(trigger: Json, { path, parent }: Place): boolean {
  const givenPath = isObject(trigger) ? stringAt(trigger, "fieldPath") : undefined;
  const [, list, index, name] = fieldPath.exec(givenPath ?? "") ?? [];
  if (list !== path.slice(0, -2).join(".")) return false;
  return name === undefined ? Number(index) === path.at(-2) : name === parent.name;
}
