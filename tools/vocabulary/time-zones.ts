import { type Format, format } from "./text.ts";
import areas from "./time-zones.json" with { type: "json" };

/** Created on first use. */
let names: ReadonlySet<string> | undefined;

function allNames(): ReadonlySet<string> {
  const inArea = ([area, places]: [string, string]) =>
    places.split(" ").map((place) => (area === "" ? place : `${area}/${place}`));
  return new Set(Object.entries(areas).flatMap(inArea));
}

/** A time zone of the IANA database that is built into the API server, in its exact spelling. */
export const timeZone: Format = format(
  "a time zone in the IANA database",
  "Use a name such as Europe/Berlin or Etc/UTC.",
  (text) => {
    names ??= allNames();
    return names.has(text);
  },
);
