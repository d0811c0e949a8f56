import { describe, expect, test } from "vitest";
import { decode } from "../../tools/parse/decode.ts";

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");

describe("text", () => {
  test.each<[string, Buffer, string]>([
    ["UTF-8", Buffer.from("a: é😀\n"), "a: é😀\n"],
    ["a byte order mark", Buffer.from("\ufeffa: 1\n"), "a: 1\n"],
    ["little-endian UTF-16", utf16("a: é\n"), "a: é\n"],
    ["big-endian UTF-16", utf16("a: é\n").swap16(), "a: é\n"],
    ["an empty file", Buffer.alloc(0), ""],
  ])("%s", (_, bytes, text) => {
    expect(decode(bytes, "a.yaml")).toEqual({ text });
  });
});

describe("rejected bytes", () => {
  test.each<[string, Buffer, string, number, number]>([
    ["Latin-1", Buffer.from("a: 1\nb: caf\xe9\n", "latin1"), "byte 0xE9 at offset 11", 2, 7],
    ["Latin-1 at the end", Buffer.from("a: \xe9", "latin1"), "byte 0xE9 at offset 3", 1, 4],
    ["Latin-1 at the start", Buffer.from("\xe9", "latin1"), "byte 0xE9 at offset 0", 1, 1],
    ["after multi-byte characters", Buffer.concat([Buffer.from("é😀\n日"), Buffer.from([0xff])]), "offset 10", 2, 2],
    ["a truncated character", Buffer.from("a: 😀").subarray(0, 6), "offset 3", 1, 4],
    ["a stray continuation byte", Buffer.from([0x61, 0x0a, 0x80, 0x62]), "byte 0x80 at offset 2", 2, 1],
    ["NUL", Buffer.from("a: 1\nb: \0\n"), "NUL", 2, 4],
    ["UTF-16 without a byte order mark", Buffer.from("a: 1", "utf16le"), "NUL", 1, 2],
  ])("%s", (_, bytes, message, line, column) => {
    expect(decode(bytes, "a.yaml")).toMatchObject({
      problem: { rule: "schema/parse-error", file: "a.yaml", message: expect.stringContaining(message), line, column },
    });
  });

  test("the position is found in a large file", () => {
    const bytes = Buffer.concat([Buffer.from("# é\n".repeat(1_000_000)), Buffer.from("x: \xe9\n", "latin1")]);
    expect(decode(bytes, "-")).toMatchObject({ problem: { line: 1_000_001, column: 4 } });
  });
});
