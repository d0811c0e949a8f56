import { describe, expect, it } from "vitest";
import { versionSet, windowOf } from "../../tools/vocabulary/versions.ts";

describe("the window of a verdict", () => {
  const asked = versionSet(["1.30", "1.31", "1.33", "1.36"]);
  it.each([
    [["1.36"], "valid to 1.33, refused from 1.36"],
    [["1.33", "1.36"], "valid to 1.31, refused from 1.33"],
    [["1.30"], "refused to 1.30, valid from 1.31"],
    [["1.30", "1.31", "1.33"], "refused to 1.33, valid from 1.36"],
    [["1.31"], "refused by 1.31, not by 1.30, 1.33 and 1.36"],
    [["1.30", "1.36"], "refused by 1.30 and 1.36, not by 1.31 and 1.33"],
  ])("%j", (versions, words) => {
    expect(windowOf(versionSet(versions), asked, "refused")).toBe(words);
  });
});
