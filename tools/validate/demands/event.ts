import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { onObject, type TypeDemands } from "../../vocabulary/demand.ts";
import { qualifiedName } from "../../vocabulary/names.ts";
import { absentIsZero, min } from "../../vocabulary/numbers.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { forbidden, isUnset } from "../../vocabulary/presence.ts";
import { byteLength, textOf } from "../../vocabulary/text.ts";
import { either } from "./workload.ts";

/** The names of the fields, which differ between the two APIs. */
interface Names {
  readonly about: string;
  readonly controller: string;
  readonly note: string;
}

/** An Event is in the namespace of its subject. With an eventTime, it names its reporter (`legacyValidateEvent`). */
function event(names: Names): Check {
  return onObject((object, at) => {
    sameNamespace(object, names.about, at);
    if (isUnset(object.eventTime)) return;
    for (const field of [names.controller, "reportingInstance", "action", "reason"]) {
      at.under(field, () => {
        if (isUnset(object[field])) at.required("in an Event with an eventTime");
      });
    }
    at.under(names.controller, () => qualifiedName(object[names.controller] ?? undefined, at));
    for (const field of ["reportingInstance", "action", "reason"]) limited(object[field], 128, field, at);
    limited(object[names.note], 1024, names.note, at);
  });
}

function limited(value: Json | undefined, limit: number, field: string, at: Place): void {
  if (byteLength(textOf(value)) > limit)
    at.under(field, () => at.invalid(`is longer than ${limit} bytes`, "Shorten it."));
}

function sameNamespace(object: JsonObject, about: string, at: Place): void {
  const own = (isObject(object.metadata) && textOf(object.metadata.namespace)) || "default";
  const subject = object[about];
  const wanted = isObject(subject) ? textOf(subject.namespace) : "";
  const isTimed = !isUnset(object.eventTime);
  const isFree = wanted === "" && (own === "default" || (isTimed && own === "kube-system"));
  if (isFree || (wanted !== "" && (isTimed || wanted === own))) return;
  at.beneath([about, "namespace"], () =>
    at.invalid(`is ${at.show(wanted)}, but the Event is in ${own}`, "Move the Event to the namespace of its subject."),
  );
}

const unset = forbidden("in events.k8s.io/v1");

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ (`ValidateEventCreate`) */
export const events: TypeDemands = {
  "core.v1.Event": event({ about: "involvedObject", controller: "reportingComponent", note: "message" }),
  "events.v1.Event": [
    event({ about: "regarding", controller: "reportingController", note: "note" }),
    {
      type: (value, at) => {
        if (isUnset(value)) at.required("to be Normal or Warning");
        else either("Normal", "Warning")(value, at);
      },
      deprecatedFirstTimestamp: unset,
      deprecatedLastTimestamp: unset,
      deprecatedCount: unset,
      deprecatedSource: { component: unset, host: unset },
    },
  ],
  "events.v1.EventSeries": { count: absentIsZero(min(2)) },
};
