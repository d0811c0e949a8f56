import fc from "fast-check";
import { expect, test } from "vitest";
import { entranceOf, routesTo } from "../../tools/cluster/address.ts";
import { leftovers } from "../../tools/cluster/cleanup.ts";
import { stateOf } from "../../tools/cluster/state.ts";
import { healthOf } from "../../tools/cluster/tiers.ts";
import { statusText } from "../../tools/cluster/words.ts";
import { isObject, type Json, type JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { style } from "../../tools/report/style.ts";
import { live } from "./live.ts";

const odd: readonly Json[] = [null, true, -1, 1e308, "", "\u001b[2J\n", "__proto__", [], [null], {}, { "": [] }];

/** The live objects with one value, at the given position, replaced. */
function mutated(spot: number, value: Json): JsonObject[] {
  let count = 0;
  const walk = (json: Json): Json => {
    if (count++ === spot) return value;
    if (Array.isArray(json)) return json.map(walk);
    return isObject(json) ? Object.fromEntries(Object.entries(json).map(([key, member]) => [key, walk(member)])) : json;
  };
  return (walk([...live]) as Json[]).filter(isObject);
}

const size = JSON.stringify(live).match(/[,[{]/g)?.length ?? 0;

test("any answer of a cluster can be read and is safe for a terminal", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: size }), fc.constantFrom(...odd), (spot, value) => {
      const objects = mutated(spot, value);
      const resources = objects.map((object) => resourceOf(object));
      const health = healthOf(resources, stateOf(objects));
      const text = statusText(health, new Map(), style(false));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must not occur
      expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
      const services = resources.filter(({ kind }) => kind === "Service");
      const entrance = entranceOf(services);
      if (entrance) routesTo(entrance, resources, "docker-desktop");
      leftovers(resources);
    }),
    { numRuns: 1000 },
  );
});
