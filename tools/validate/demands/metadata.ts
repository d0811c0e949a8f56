import { isObject, type Json } from "../../core/json.ts";
import { checkOf, type Demand, keys, rule, type TypeDemands, values } from "../../vocabulary/demand.ts";
import { isQualifiedName, labelValue, qualifiedName } from "../../vocabulary/names.ts";
import type { Check } from "../../vocabulary/place.ts";
import { byteLength, element, evenEmpty } from "../../vocabulary/text.ts";

const labelMap: Demand = [keys(evenEmpty(qualifiedName)), values(labelValue)];

/** The keys and values of labels and node selectors (`ValidateLabels`). */
export const labels: Check = rule("apply/label", labelMap);

/** A string that names the key of a label; it must not be empty (`ValidateLabelName`). */
export const labelKey: Check = rule("apply/label", element(qualifiedName));

const annotationKeys: Check = (value, at) => {
  for (const key of isObject(value) ? Object.keys(value) : []) {
    const refuse = () =>
      at.invalid(`has the key ${at.show(key)}, which is not ${qualifiedName.is}`, qualifiedName.help);
    if (!isQualifiedName(key.toLowerCase())) at.under(key, refuse);
  }
};

const annotationSize: Check = (value, at) => {
  if (!isObject(value)) return;
  const text = (one: Json) => (typeof one === "string" ? one : "");
  const size = Object.entries(value).reduce((sum, [key, one]) => sum + byteLength(key) + byteLength(text(one)), 0);
  const says = `take up ${size} bytes in total; at most ${largest} are allowed`;
  if (size > largest) at.say("TooLong", says, "Shorten them or move the data to a ConfigMap.");
};

const largest = 256 * 1024;

/** Annotations: keys may have uppercase letters, and the total size is at most 256 KiB (`ValidateAnnotations`). */
export const annotations: Check = checkOf([
  rule("apply/label", annotationKeys),
  rule("apply/annotation-size", annotationSize),
]);

/** The metadata that a template gives the objects made from it. */
export const givenMetadata: Demand = { labels: labelMap, annotations: [annotationKeys, annotationSize] };

/**
 * The API server does not validate the metadata of a StatefulSet's claims. It refuses the claims that are made from
 * invalid metadata, and the set then has no pods; the recorded answers do not count that.
 */
const unlessOfClaims = (demand: Demand): Check => {
  const check = checkOf(demand);
  return (value, at) => {
    if (!at.passes("volumeClaimTemplates")) check(value, at);
  };
};

/** The checks of any metadata, of objects and of templates. Those of objects only are in object.ts. */
export const metadata: TypeDemands = {
  "meta.v1.ObjectMeta": unlessOfClaims({ labels, annotations }),
};
