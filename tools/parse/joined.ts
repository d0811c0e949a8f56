import type { Json, JsonObject } from "../core/json.ts";

/** A finding about repeated keys, at an offset into the document. */
interface Finding {
  readonly rule: "schema/duplicate-key";
  readonly message: string;
  readonly help?: string;
  readonly offset: number;
}

/** A key that a mapping has already. */
export interface Repeated extends Finding {
  readonly key: string;
  readonly of: JsonObject;
}

/** What every object has. */
const marks = ["apiVersion", "kind", "metadata"];

/** The faults of a document, with one instead of those of each further object, which lacks its separator. */
export function withSeparators(repeated: readonly Repeated[], document: Json | undefined): Finding[] {
  const top = repeated.filter(({ of }) => of === document);
  const further = roundsOf(top).filter((round) => marks.every((mark) => round.some(({ key }) => key === mark)));
  if (further.length === 0) return [...repeated];
  const firsts = new Map(further.map((round) => [round[0], missingBefore(round)]));
  const others = new Set(further.flatMap((round) => round.slice(1)));
  return repeated.filter((one) => !others.has(one)).map((one) => firsts.get(one) ?? one);
}

/** The repeated keys of the second object, of the third one, … */
function roundsOf(repeated: readonly Repeated[]): Repeated[][] {
  const rounds: Repeated[][] = [];
  for (const one of repeated) {
    const last = rounds.at(-1);
    if (last === undefined || last.some(({ key }) => key === one.key)) rounds.push([one]);
    else last.push(one);
  }
  return rounds;
}

function missingBefore([first]: readonly Repeated[]): Finding {
  return {
    rule: "schema/duplicate-key",
    message: "apiVersion, kind and metadata are repeated: these are two objects, of which only the last one counts",
    help: "Separate them with a line --- above this one.",
    offset: first?.offset ?? 0,
  };
}
