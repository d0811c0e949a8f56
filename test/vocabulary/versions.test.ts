import { describe, expect, it } from "vitest";
import { versionSet, windowOf } from "../../tools/vocabulary/versions.ts";

describe("the window of a verdict", () => {
  const checked = versionSet(["1.30", "1.31", "1.33", "1.36"]);
  it.each([
    [["1.36"], "valid up to 1.33, rejected from 1.36"],
    [["1.33", "1.36"], "valid up to 1.31, rejected from 1.33"],
    [["1.30"], "rejected up to 1.30, valid from 1.31"],
    [["1.30", "1.31", "1.33"], "rejected up to 1.33, valid from 1.36"],
    [["1.31"], "rejected in 1.31, but not in 1.30, 1.33 and 1.36"],
    [["1.30", "1.36"], "rejected in 1.30 and 1.36, but not in 1.31 and 1.33"],
  ])("%j", (versions, words) => {
    expect(windowOf(versionSet(versions), checked, "rejected")).toBe(words);
  });
});
