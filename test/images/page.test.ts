import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { believed, emptyBook, received, saved, shown } from "../../images/frontend/public/js/book.js";
import { beginning, entriesOf } from "../../images/frontend/public/js/entries.js";
import { delay } from "../../images/frontend/public/js/pace.js";
import { howMany, news, unsaved } from "../../images/frontend/public/js/words.js";

describe("the entries of a guestbook", () => {
  test.each<[string, string, string[]]>([
    ["an empty value", "", []],
    ["the first entry of the document's page", ",hello", ["hello"]],
    ["its second entry", ",hello,world", ["hello", "world"]],
    ["a value that was set manually", "hello,world", ["hello", "world"]],
    ["empty entries are ignored", ",,  ,\n,hello,,", ["hello"]],
    ["a literal comma in an entry", ",one,\u2063 two,three", ["one, two", "three"]],
    ["literal commas at both ends", ",,\u2063a,\u2063,b", [",a,", "b"]],
    ["only a literal comma", ",,\u2063", [","]],
  ])("%s", (_name, data, entries) => {
    expect(entriesOf(data)).toEqual(entries);
  });

  /** Encodes entries like src/commands.php. */
  const appended = (entries: readonly string[]) =>
    entries.map((entry) => `,${entry.replaceAll(",", ",\u2063")}`).join("");
  const entry = fc.string({ unit: "grapheme" }).filter((text) => text.trim() !== "" && !text.startsWith("\u2063"));
  const commas = fc.array(fc.constantFrom(",", "\u2063", "a")).map((parts) => `a${parts.join("")}`);

  test("are exactly those that were appended, whatever they contain", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(entry, commas)), (entries) => {
        expect(entriesOf(appended(entries))).toEqual(entries);
      }),
    );
  });

  test("stay the same when the document's page adds one", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(entry, commas)), (entries) => {
        const list = appended(entries).split(",");
        list.push("mine");
        expect(entriesOf(list.join())).toEqual([...entries, "mine"]);
      }),
    );
  });
});

describe("the beginning of an entry", () => {
  test.each<[string, number, string | undefined]>([
    ["short", 10, undefined],
    ["exactly ten", 11, undefined],
    ["a little longer", 8, "a little"],
    ["a little longer", 9, "a little"],
    ["🇨🇳🇫🇷🇨🇳", 2, "🇨🇳🇫🇷"],
    ["🇨🇳🇫🇷", 2, undefined],
  ])("%s, %i characters", (text, longest, expected) => {
    expect(beginning(text, longest)).toBe(expected);
  });

  test("is short even if the entry or one of its characters is very long", () => {
    expect(beginning("x".repeat(1_000_000))).toHaveLength(600);
    expect(beginning(`e${"\u0301".repeat(1_000_000)}`)?.length).toBeLessThan(6000);
  });

  test("is a shorter prefix of the entry", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        (text, longest) => {
          const short = beginning(text, longest);
          if (short === undefined) return;
          expect(text.startsWith(short)).toBe(true);
          expect(short.length).toBeLessThan(text.length);
        },
      ),
    );
  });
});

describe("an entry that this page saved", () => {
  const before = received(emptyBook, ",a", 0);
  const after = saved(before, "mine", 7, 0);

  test("is shown immediately, and only once", () => {
    expect(shown(after)).toEqual(["a", "mine"]);
    expect(shown(received(after, ",a,mine", 100))).toEqual(["a", "mine"]);
  });

  test("stays while reads lag behind", () => {
    expect(shown(received(after, ",a", 9_000))).toEqual(["a", "mine"]);
    expect(shown(believed(after, 9_000))).toEqual(["a", "mine"]);
  });

  test("moves to its place in the guestbook once it is read", () => {
    expect(shown(received(after, ",a,mine,other", 100))).toEqual(["a", "mine", "other"]);
    expect(shown(received(after, ",a,other,mine", 100))).toEqual(["a", "other", "mine"]);
  });

  test("disappears if somebody overwrote the guestbook", () => {
    expect(shown(received(after, ",b", 11_000))).toEqual(["b"]);
    expect(shown(believed(after, 11_000))).toEqual(["a"]);
  });

  test("is counted in bytes, as in Redis", () => {
    const emoji = saved(emptyBook, "😀", 5, 0);
    expect(shown(received(emoji, ",a", 1))).toEqual(["a", "😀"]);
    expect(shown(received(emoji, ",😀", 1))).toEqual(["😀"]);
  });

  test("does not affect another entry that is not read yet", () => {
    const two = saved(after, "second", 14, 0);
    expect(shown(received(two, ",a,mine", 1))).toEqual(["a", "mine", "second"]);
  });
});

describe("the pace of reads", () => {
  const calm = { failures: 0, quiet: 0, hidden: false };

  test.each<[string, Parameters<typeof delay>[0], number]>([
    ["normally", calm, 2000],
    ["without news", { ...calm, quiet: 30 }, 5000],
    ["after a failure", { ...calm, failures: 1 }, 4000],
    ["after three failures", { ...calm, failures: 3 }, 16_000],
    ["after many failures", { ...calm, failures: 5000 }, 60_000],
    ["on a hidden page", { ...calm, hidden: true }, 60_000],
  ])("%s", (_name, situation, expected) => {
    expect(delay(situation, 0.5)).toBeCloseTo(expected);
  });

  test("varies randomly by up to 10 %", () => {
    expect([delay(calm, 0), delay(calm, 1)].map(Math.round)).toEqual([1800, 2200]);
  });
});

describe("messages", () => {
  test.each<[string, Parameters<typeof unsaved>[0], RegExp]>([
    ["no server", {}, /cannot be reached.*check below if it arrived/],
    ["no answer from Redis", { code: "redis-silent" }, /check below if it arrived/],
    ["no Redis", { code: "redis-away", error: "x" }, /^Not saved: .*try again/],
    ["an empty entry", { code: "empty" }, /^Write something first\.$/],
    ["an entry that is too long", { code: "too-large", error: "At most 1 MiB." }, /^Not saved: At most 1 MiB\.$/],
    ["a server error without a reason", { code: "http" }, /^Not saved: the server gave no reason\.$/],
  ])("%s", (_name, problem, expected) => {
    expect(unsaved(problem)).toMatch(expected);
  });

  test("numbers", () => {
    expect([0, 1, 10_000].map(howMany)).toEqual(["Nobody has written yet. Be the first!", "1 entry", "10,000 entries"]);
    expect([1, 2].map(news)).toEqual(["1 new entry", "2 new entries"]);
  });
});
