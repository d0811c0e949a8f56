import { type Format, format } from "./text.ts";
import areas from "./time-zones.json" with { type: "json" };

/** Made when it is first needed. */
let names: ReadonlySet<string> | undefined;

function allNames(): ReadonlySet<string> {
  const inArea = ([area, places]: [string, string]) =>
    places.split(" ").map((place) => (area === "" ? place : `${area}/${place}`));
  return new Set(Object.entries(areas).flatMap(inArea));
}

/** A time zone of the IANA database, in its own spelling, as the API server has it built in. */
export const timeZone: Format = format(
  "a time zone of the IANA database",
  "Write it like Europe/Berlin or Etc/UTC.",
  (text) => {
    names ??= allNames();
    return names.has(text);
  },
);
