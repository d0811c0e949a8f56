import { isObject, type Json } from "../../core/json.ts";
import { checkOf, type Demand, keys, rule, type TypeDemands, values } from "../../vocabulary/demand.ts";
import { isQualifiedName, labelValue, qualifiedName } from "../../vocabulary/names.ts";
import type { Check } from "../../vocabulary/place.ts";
import { byteLength, element, evenEmpty } from "../../vocabulary/text.ts";

const labelMap: Demand = [keys(evenEmpty(qualifiedName)), values(labelValue)];

/** Labels, a node selector: keys and values (`ValidateLabels`). */
export const labels: Check = rule("apply/label", labelMap);

/** The key of a label where a string names one; it must be there (`ValidateLabelName`). */
export const labelKey: Check = rule("apply/label", element(qualifiedName));

const annotationKeys: Check = (value, at) => {
  for (const key of isObject(value) ? Object.keys(value) : []) {
    const refuse = () => at.invalid(`has a key, ${at.show(key)}, which is not ${qualifiedName.is}`, qualifiedName.help);
    if (!isQualifiedName(key.toLowerCase())) at.under(key, refuse);
  }
};

const annotationSize: Check = (value, at) => {
  if (!isObject(value)) return;
  const text = (one: Json) => (typeof one === "string" ? one : "");
  const size = Object.entries(value).reduce((sum, [key, one]) => sum + byteLength(key) + byteLength(text(one)), 0);
  const says = `take ${size} bytes together, of at most ${largest}`;
  if (size > largest) at.say("TooLong", says, "Shorten them, or keep the data in a ConfigMap.");
};

const largest = 256 * 1024;

/** Annotations: their keys in any case, and 256 KiB for all of them (`ValidateAnnotations`). */
export const annotations: Check = checkOf([
  rule("apply/label", annotationKeys),
  rule("apply/annotation-size", annotationSize),
]);

/** What a template gives to objects that are made of it. */
export const givenMetadata: Demand = { labels: labelMap, annotations: [annotationKeys, annotationSize] };

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
