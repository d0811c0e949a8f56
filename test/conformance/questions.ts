import type { JsonObject } from "../../tools/core/json.ts";
import type { Schemas } from "../../tools/validate/index.ts";
import { type Change, manifestOf, type Recorded } from "../validate/agreement.ts";
import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";
import type { Seeds } from "./seeds.ts";
import { spotsOf } from "./spots.ts";
import { type Neighbours, neighboursOf } from "./values.ts";

/** A question: a seed, and the changes to its manifest. */
export type Question = Change & Pick<Recorded, "seed" | "also">;

/** The question about one or more changes to a seed. */
export function questionOf(seed: string, [first, ...also]: readonly Change[]): Question {
  return { seed, ...(first as Change), ...(also.length > 0 ? { also } : {}) };
}

/** The changes of a question. */
export function changesOf({ op, path, value, also = [] }: Question): Change[] {
  return [value === undefined ? { op, path } : { op, path, value }, ...also];
}

/** The question about the unchanged manifest. */
export function unchanged(seed: string, seeds: Seeds): Question {
  return { seed, op: "replace", path: "/kind", value: seeds[seed]?.kind as string };
}

/** The changed manifest of a question. */
export function manifestFor(question: Question, seeds: Seeds): JsonObject {
  return manifestOf(seeds, { ...question, verdict: "accepted" });
}

/** A random question about a seed. */
export function randomQuestion(
  seed: string,
  object: JsonObject,
  schemas: Schemas,
  neighbours: Neighbours,
  random: Random,
): Question {
  return questionOf(seed, mutate(object, shapeOf(object, schemas), neighbours, random));
}

/** The known values of fields: those in all manifests, and those that were tried before. */
export function neighboursIn(seeds: Seeds, lines: readonly Recorded[], schemas: Schemas): Neighbours {
  const spots = Object.values(seeds).flatMap((object) => spotsOf(object, shapeOf(object, schemas)));
  return neighboursOf([...spots, ...lines.map(asNeighbour)]);
}

function asNeighbour({ path, value }: Recorded) {
  return { field: /([^/]+)(?:\/(?:\d+|-))*$/.exec(path)?.[1] ?? "", value };
}

function shapeOf(object: JsonObject, schemas: Schemas) {
  const kind = schemas.kind(String(object.apiVersion), String(object.kind));
  if (kind === undefined) throw new Error(`no schema for ${object.apiVersion} ${object.kind}`);
  return { is: "type", type: kind.type, nullable: false } as const;
}
