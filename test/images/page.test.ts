import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { believed, emptyBook, received, saved, shown } from "../../images/frontend/public/js/book.js";
import { beginning, entriesOf } from "../../images/frontend/public/js/entries.js";
import { delay } from "../../images/frontend/public/js/pace.js";
import { howMany, news, unsaved } from "../../images/frontend/public/js/words.js";

describe("the entries of a guestbook", () => {
  test.each<[string, string, string[]]>([
    ["nothing", "", []],
    ["what the document's page writes first", ",hello", ["hello"]],
    ["what it writes then", ",hello,world", ["hello", "world"]],
    ["a value that was set by hand", "hello,world", ["hello", "world"]],
    ["empty entries are nobody's", ",,  ,\n,hello,,", ["hello"]],
    ["an entry's own comma", ",one,\u2063 two,three", ["one, two", "three"]],
    ["own commas at both ends", ",,\u2063a,\u2063,b", [",a,", "b"]],
    ["nothing but a comma", ",,\u2063", [","]],
  ])("%s", (_name, data, entries) => {
    expect(entriesOf(data)).toEqual(entries);
  });

  /** As src/commands.php writes them. */
  const appended = (entries: readonly string[]) =>
    entries.map((entry) => `,${entry.replaceAll(",", ",\u2063")}`).join("");
  const entry = fc.string({ unit: "grapheme" }).filter((text) => text.trim() !== "" && !text.startsWith("\u2063"));
  const commas = fc.array(fc.constantFrom(",", "\u2063", "a")).map((parts) => `a${parts.join("")}`);

  test("are those that were appended, whatever they hold", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(entry, commas)), (entries) => {
        expect(entriesOf(appended(entries))).toEqual(entries);
      }),
    );
  });

  test("stay what they are when the document's page adds its own", () => {
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

  test("is found at once, however long the entry, and however long its characters", () => {
    expect(beginning("x".repeat(1_000_000))).toHaveLength(600);
    expect(beginning(`e${"\u0301".repeat(1_000_000)}`)?.length).toBeLessThan(6000);
  });

  test("is the beginning, and shorter", () => {
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

  test("is shown at once, and once", () => {
    expect(shown(after)).toEqual(["a", "mine"]);
    expect(shown(received(after, ",a,mine", 100))).toEqual(["a", "mine"]);
  });

  test("stays while reads are behind", () => {
    expect(shown(received(after, ",a", 9_000))).toEqual(["a", "mine"]);
    expect(shown(believed(after, 9_000))).toEqual(["a", "mine"]);
  });

  test("is where it is in the guestbook, once it is read", () => {
    expect(shown(received(after, ",a,mine,other", 100))).toEqual(["a", "mine", "other"]);
    expect(shown(received(after, ",a,other,mine", 100))).toEqual(["a", "other", "mine"]);
  });

  test("goes when somebody wrote over the guestbook", () => {
    expect(shown(received(after, ",b", 11_000))).toEqual(["b"]);
    expect(shown(believed(after, 11_000))).toEqual(["a"]);
  });

  test("is counted in bytes, as Redis counts", () => {
    const emoji = saved(emptyBook, "😀", 5, 0);
    expect(shown(received(emoji, ",a", 1))).toEqual(["a", "😀"]);
    expect(shown(received(emoji, ",😀", 1))).toEqual(["😀"]);
  });

  test("says nothing of another that is not read yet", () => {
    const two = saved(after, "second", 14, 0);
    expect(shown(received(two, ",a,mine", 1))).toEqual(["a", "mine", "second"]);
  });
});

describe("the pace of reads", () => {
  const calm = { failures: 0, quiet: 0, hidden: false };

  test.each<[string, Parameters<typeof delay>[0], number]>([
    ["usually", calm, 2000],
    ["where nothing happens", { ...calm, quiet: 30 }, 5000],
    ["after a failure", { ...calm, failures: 1 }, 4000],
    ["after three", { ...calm, failures: 3 }, 16_000],
    ["after many", { ...calm, failures: 5000 }, 60_000],
    ["where nobody looks", { ...calm, hidden: true }, 60_000],
  ])("%s", (_name, situation, expected) => {
    expect(delay(situation, 0.5)).toBeCloseTo(expected);
  });

  test("differs by a fifth from page to page", () => {
    expect([delay(calm, 0), delay(calm, 1)].map(Math.round)).toEqual([1800, 2200]);
  });
});

describe("words", () => {
  test.each<[string, Parameters<typeof unsaved>[0], RegExp]>([
    ["no server", {}, /cannot be reached.*check below if it arrived/],
    ["no answer of Redis", { code: "redis-silent" }, /check below if it arrived/],
    ["no Redis", { code: "redis-away", error: "x" }, /^Not saved: .*try again/],
    ["nothing written", { code: "empty" }, /^Write something first\.$/],
    ["too much", { code: "too-large", error: "At most 1 MiB." }, /^Not saved: At most 1 MiB\.$/],
    ["a server that says nothing", { code: "http" }, /^Not saved: the server gave no reason\.$/],
  ])("%s", (_name, problem, expected) => {
    expect(unsaved(problem)).toMatch(expected);
  });

  test("numbers", () => {
    expect([0, 1, 10_000].map(howMany)).toEqual(["Nobody has written yet. Be the first!", "1 entry", "10,000 entries"]);
    expect([1, 2].map(news)).toEqual(["1 new entry", "2 new entries"]);
  });
});
