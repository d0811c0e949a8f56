import { isObject } from "../../core/json.ts";
import { checkOf, type Demand, keys, rule, type TypeDemands, values } from "../../vocabulary/demand.ts";
import { isQualifiedName, labelValue, qualifiedName } from "../../vocabulary/names.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { byteLength, element, evenEmpty } from "../../vocabulary/text.ts";

/** Labels, a node selector: keys and values (`ValidateLabels`). */
export const labels: Check = rule("apply/label", [keys(evenEmpty(qualifiedName)), values(labelValue)]);

/** The key of a label where a string names one; it must be there (`ValidateLabelName`). */
export const labelKey: Check = rule("apply/label", element(qualifiedName));

/** Annotations: their keys in any case, and 256 KiB for all of them (`ValidateAnnotations`). */
export const annotations: Check = (value, at) => {
  if (!isObject(value)) return;
  let size = 0;
  for (const [key, text] of Object.entries(value)) {
    size += byteLength(key) + (typeof text === "string" ? byteLength(text) : 0);
    if (!isQualifiedName(key.toLowerCase())) at.under(key, () => annotationKey(key, at));
  }
  if (size > largest) annotationsTooLarge(size, at);
};

const largest = 256 * 1024;

function annotationKey(key: string, at: Place): void {
  const sentence = `${at.name()} has a key, ${at.show(key)}, which is not ${qualifiedName.is}`;
  at.report("Invalid", sentence, qualifiedName.help, "apply/label");
}

function annotationsTooLarge(size: number, at: Place): void {
  const sentence = `${at.name()} take ${size} bytes together, of at most ${largest}`;
  at.report("TooLong", sentence, "Shorten them, or keep the data in a ConfigMap.", "apply/annotation-size");
}

/** The metadata of a StatefulSet's claims is looked at by nobody, nor when the claims are made. */
const unlessOfClaims = (demand: Demand): Check => {
  const check = checkOf(demand);
  return (value, at) => {
    if (!at.passes("volumeClaimTemplates")) check(value, at);
  };
};

/** What holds for metadata wherever it stands: of an object, of a template. The rest is in object.ts. */
export const metadata: TypeDemands = {
  "meta.v1.ObjectMeta": unlessOfClaims({ labels, annotations }),
};
