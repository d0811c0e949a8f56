import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import { checkOf, type Demand, each, from, onObject, provided, rule, when } from "../../tools/vocabulary/demand.ts";
import * as lists from "../../tools/vocabulary/lists.ts";
import * as names from "../../tools/vocabulary/names.ts";
import * as numbers from "../../tools/vocabulary/numbers.ts";
import { type Check, ofGiven, Place } from "../../tools/vocabulary/place.ts";
import * as presence from "../../tools/vocabulary/presence.ts";
import * as text from "../../tools/vocabulary/text.ts";
import { versionSet } from "../../tools/vocabulary/versions.ts";

/** How many problems a check has with a field of an object. */
function faults(check: Check, value?: Json, holder: JsonObject = {}): number {
  const at = new Place(holder, "v1", "Thing", versionSet(["1.36"]));
  at.under("field", () => check(value, at));
  return at.problems.length;
}

const made = [
  text.oneOf("a"),
  text.exactlyOneWordOf("a"),
  text.evenEmpty(names.dns1123Label),
  text.maxLength(0),
  numbers.range(1, 2),
  numbers.min(1),
  lists.uniqueBy("name"),
  lists.maxItems(0),
  presence.forbidden("here"),
  presence.absent("here"),
  presence.exactlyOneOf("a", "b"),
  presence.atMostOneOf("a", "b"),
];
const vocabulary = [...made, ...[lists, names, numbers, presence, text].flatMap((words) => Object.values(words))];

describe("checks that are not asked of absent fields", () => {
  const marked = vocabulary.filter((word): word is Check => typeof word === "function" && "ofGiven" in word);

  it("have nothing to say of one", () => {
    expect(marked.length).toBeGreaterThan(made.length + 10);
    for (const check of marked) expect(faults(check)).toBe(0);
  });

  it("are made of such alone", () => {
    const isOfGiven = (demand: Demand) => checkOf(demand).ofGiven === true;
    const [silent, speaks]: [Check, Check] = [text.oneOf("a"), presence.required];
    const over: ((demand: Demand) => Demand)[] = [
      (demand) => [silent, demand],
      (demand) => rule("apply/field", demand),
      (demand) => from("1.30", demand),
      (demand) => provided((value) => value === undefined, demand),
      (demand) => when(() => true, demand),
      (demand) => when(() => false, silent, demand),
    ];
    for (const make of over) {
      expect(isOfGiven(make(silent))).toBe(true);
      expect(isOfGiven(make(speaks))).toBe(false);
      expect(faults(checkOf({ name: make(speaks) }), {})).toBe(1);
    }
  });

  it("are asked of an element that is null, which is one without fields", () => {
    const named: Demand[] = [{ name: presence.required }, onObject((_, at) => at.invalid("is wrong"))];
    for (const demand of named) {
      expect(checkOf(demand).ofGiven).toBe(true);
      expect(faults(each(demand), [null])).toBe(1);
      expect(faults(checkOf({ list: each(demand) }), { list: [null] })).toBe(1);
    }
  });

  it("are not asked of a field that is null", () => {
    const asked: (Json | undefined)[] = [];
    const check = checkOf({ a: ofGiven((value) => asked.push(value)), b: (value) => void asked.push(value) });
    expect(faults(check, { a: null, b: null })).toBe(0);
    expect(asked).toEqual([undefined]);
  });
});
