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

/** The number of problems that a check finds in a field. */
function problemCount(check: Check, value?: Json, holder: JsonObject = {}): number {
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

describe("checks that skip absent fields", () => {
  const marked = vocabulary.filter((word): word is Check => typeof word === "function" && "ofGiven" in word);

  it("find no problem in an absent field", () => {
    expect(marked.length).toBeGreaterThan(made.length + 10);
    for (const check of marked) expect(problemCount(check)).toBe(0);
  });

  it("consist only of checks that skip absent fields", () => {
    const skipsAbsent = (demand: Demand) => checkOf(demand).ofGiven === true;
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
      expect(skipsAbsent(make(silent))).toBe(true);
      expect(skipsAbsent(make(speaks))).toBe(false);
      expect(problemCount(checkOf({ name: make(speaks) }), {})).toBe(1);
    }
  });

  it("check a null element as an object without fields", () => {
    const named: Demand[] = [{ name: presence.required }, onObject((_, at) => at.invalid("is wrong"))];
    for (const demand of named) {
      expect(checkOf(demand).ofGiven).toBe(true);
      expect(problemCount(each(demand), [null])).toBe(1);
      expect(problemCount(checkOf({ list: each(demand) }), { list: [null] })).toBe(1);
    }
  });

  it("skip a null field", () => {
    const checked: (Json | undefined)[] = [];
    const check = checkOf({ a: ofGiven((value) => checked.push(value)), b: (value) => void checked.push(value) });
    expect(problemCount(check, { a: null, b: null })).toBe(0);
    expect(checked).toEqual([undefined]);
  });
});
