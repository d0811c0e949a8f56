import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { entriesOf } from "../../images/frontend/public/js/entries.js";
import { append, ask, chunked, dataOf, get, set } from "./api.ts";
import { eventually } from "./processes.mjs";
import { startGuestbook } from "./servers.mjs";

let book: Awaited<ReturnType<typeof startGuestbook>>;
let api: string;
beforeAll(async () => {
  book = await startGuestbook();
  ({ api } = book.frontend);
});
afterAll(() => book?.stop());

/** Waits until the slave has caught up with the master. */
const replicated = () =>
  eventually("the slave is behind", async () => {
    const [master, slave] = await Promise.all([book.master.ask("info", "replication"), book.slave.ask("role")]);
    return slave.endsWith(/master_repl_offset:(\d+)/.exec(master)?.[1] ?? "none");
  });

const hostile: readonly (readonly [string, string])[] = [
  ["plain", "hello"],
  ["an empty value", ""],
  ["double quotes", 'she said "hello"'],
  ["single quotes and backslashes", "it's \\ \\n \\u0041"],
  ["commas", "one, two,three,,"],
  ["a comma alone", ","],
  ["emoji", "👋🏽 👨‍👩‍👧‍👦 🇨🇳"],
  ["Chinese", "留言板，您好"],
  ["right to left", "שלום, مرحبا"],
  ["HTML", "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;"],
  ["the end of a script or a string", '</script>"}{"data": "'],
  ["URL syntax", "a=b&c=d?e#f%41%+ g"],
  ["line breaks and tabs", "one\ntwo\tthree"],
  ["JavaScript line separators", "one\u2028two\u2029three"],
  ["control characters", "\u0000\u0001\u001b[31m\u007f"],
  ["the marker after a literal comma", "a,\u2063b\u2063,c"],
  ["the Redis protocol", "*1\r\n$8\r\nFLUSHALL\r\n"],
  ["100 kB", "x".repeat(100_000)],
  ["100 kB of spaces between two letters", `a${" ".repeat(100_000)}b`],
  ["100 kB of emoji and commas", "😀,".repeat(20_000)],
];

describe("get and set answer like the document's frontend", () => {
  test("an unset key returns an empty string", async () => {
    expect(await get(api, "nobody")).toEqual({ status: 200, text: '{"data": ""}', type: "application/json" });
  });

  test("set answers with the exact bytes of the document's frontend", async () => {
    const answer = await set(api, "messages", ",a,b");
    expect(answer).toEqual({ status: 200, text: '{"message": "Updated"}', type: "application/json" });
    await replicated();
    expect((await get(api, "messages")).text).toBe('{"data": ",a,b"}');
  });

  test.each(hostile)("%s survives in the URL and in the body", async (name, value) => {
    await set(api, `get ${name}`, value);
    await ask(api, { cmd: "set", key: `post ${name}` }, { value });
    await replicated();
    expect(await dataOf(api, `get ${name}`)).toBe(value);
    expect(await dataOf(api, `post ${name}`)).toBe(value);
  });

  test("a value is stored in Redis unchanged", async () => {
    await set(api, "as it is", 'a "b" c');
    expect(await book.master.ask("get", "as it is")).toBe('a "b" c');
  });
});

describe("append", () => {
  test("builds the same string as the document's page", async () => {
    expect((await append(api, "new", "first")).text).toBe('{"message": "Added", "length": 6}');
    expect((await append(api, "new", "second")).text).toBe('{"message": "Added", "length": 13}');
    await replicated();
    expect(await dataOf(api, "new")).toBe(",first,second");
  });

  test("continues a list of the document's page, and the page continues one of append", async () => {
    await set(api, "both", ",old");
    await append(api, "both", "one, with a comma");
    await replicated();
    const written = `${(await dataOf(api, "both")).split(",").join(",")},last`;
    await set(api, "both", written);
    await replicated();
    expect(entriesOf(await dataOf(api, "both"))).toEqual(["old", "one, with a comma", "last"]);
  });

  const entries = hostile.filter(
    ([name]) => !["an empty value", "control characters", "the Redis protocol"].includes(name),
  );
  test.each(entries)("%s is one entry", async (name, value) => {
    for (const entry of ["before", value, "after"]) {
      expect(await append(api, `append ${name}`, entry)).toMatchObject({ status: 200 });
    }
    await replicated();
    expect(entriesOf(await dataOf(api, `append ${name}`))).toEqual(["before", value, "after"]);
  });

  test("normalizes line endings, and trims spaces and markers around an entry", async () => {
    await append(api, "trimmed", " \u2063 one\r\ntwo\rthree \n");
    await append(api, "trimmed", "\u2063four");
    await replicated();
    expect(entriesOf(await dataOf(api, "trimmed"))).toEqual(["one\ntwo\nthree", "four"]);
  });

  test("rejects an entry that would make the guestbook too long to read", async () => {
    await book.master.ask("eval", "redis.call('set', 'full', string.rep('x', 2 * 1024 * 1024 - 5))", "0");
    expect(await append(api, "full", "12345")).toMatchObject({ status: 507 });
    expect(await append(api, "full", "1234")).toMatchObject({ status: 200 });
    await replicated();
    expect(await dataOf(api, "full")).toHaveLength(2 << 20);
  });
});

describe("errors are reported", () => {
  const key = "k";
  test.each<[string, Record<string, string>, Record<string, string> | undefined, number, string]>([
    ["no command", {}, undefined, 400, "missing"],
    ["an unknown command", { cmd: "flushall", key }, undefined, 400, "unknown-command"],
    ["a list of commands", { "cmd[]": "get", key }, undefined, 400, "invalid"],
    ["no key", { cmd: "get" }, undefined, 400, "missing"],
    ["an empty key", { cmd: "get", key: "" }, undefined, 400, "invalid"],
    ["a list of keys", { cmd: "get", "key[]": "a" }, undefined, 400, "invalid"],
    ["a key that is too long", { cmd: "get", key: "k".repeat(513) }, undefined, 400, "invalid"],
    ["a key with control characters", { cmd: "get", key: "a\nb" }, undefined, 400, "invalid"],
    ["no value", { cmd: "set", key }, undefined, 400, "missing"],
    ["a list of values", { cmd: "set", key, "value[a]": "b" }, undefined, 400, "invalid"],
    ["a value that is too long", { cmd: "set", key }, { value: "x".repeat((1 << 20) + 1) }, 413, "too-large"],
    ["a body that is too long", { cmd: "set", key }, { value: "x".repeat(4_000_000) }, 413, "too-large"],
    ["an address that is too long", { cmd: "set", key, value: "x".repeat(500_000) }, undefined, 414, "too-long"],
    ["append by GET", { cmd: "append", key, value: "x" }, undefined, 405, "method"],
    ["an empty entry", { cmd: "append", key }, { value: "" }, 400, "empty"],
    ["an entry of spaces only", { cmd: "append", key }, { value: " \u00a0\u200b\u2063\n" }, 400, "empty"],
    ["an entry with control characters", { cmd: "append", key }, { value: "a\u0000b" }, 400, "invalid"],
  ])("%s", async (_name, parameters, body, status, code) => {
    const answer = await ask(api, parameters, body);
    expect(answer).toMatchObject({ status, type: "application/json" });
    expect(JSON.parse(answer.text)).toEqual({ error: expect.stringMatching(/\.$/), code });
  });

  test.each([
    ["a value", `value=${"x".repeat(4_000_000)}`],
    ["another field and a value", `other=${"x".repeat(5_000_000)}&value=short`],
    ["another field of 40 MB and a value", `other=${"x".repeat(40_000_000)}&value=short`],
  ])("a body of unknown length that is too long: %s", async (_name, body) => {
    await set(api, "chunked", "before");
    const { status, text } = await chunked(`${api}?cmd=set&key=chunked`, body);
    expect(status).toBe(413);
    expect(JSON.parse(text)).toEqual({ error: expect.stringMatching(/\.$/), code: "too-large" });
    expect(await book.master.ask("get", "chunked")).toBe("before");
  });

  test("a body of unknown length that is short enough is accepted", async () => {
    const answer = await chunked(`${api}?cmd=set&key=chunked`, `value=${"%61".repeat(1 << 20)}`);
    expect(answer).toEqual({ status: 200, text: '{"message": "Updated"}' });
    expect(await book.master.ask("strlen", "chunked")).toBe(`${1 << 20}`);
  });

  test.each(["cmd=get&key=%ff", "cmd=set&key=k&value=%c3%28", "cmd=set&key=k&value=%ed%a0%80"])(
    "text that is not UTF-8: %s",
    async (query) => {
      const response = await fetch(`${api}?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: "invalid" });
    },
  );

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS"])("%s", async (method) => {
    const response = await fetch(`${api}?cmd=get&key=k`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")).toBe("GET, HEAD, POST");
  });

  test("a key that does not hold a string", async () => {
    await book.master.ask("rpush", "list", "a");
    await replicated();
    for (const answer of [await get(api, "list"), await append(api, "list", "b")]) {
      expect(answer).toMatchObject({ status: 409, text: expect.stringContaining('"code": "not-text"') });
    }
    expect((await set(api, "list", "text")).status).toBe(200);
  });

  test("a key that another client made too long", async () => {
    await book.master.ask("eval", "redis.call('set', 'long', string.rep('x', 2 * 1024 * 1024 + 1))", "0");
    await replicated();
    expect(await get(api, "long")).toMatchObject({ status: 507, text: expect.stringContaining('"code": "full"') });
  });

  test("a value from another client that is not UTF-8 is shown with replacement characters", async () => {
    await book.master.ask("eval", "redis.call('set', 'latin', 'caf\\233')", "0");
    await replicated();
    expect(await dataOf(api, "latin")).toBe("caf\ufffd");
  });
});

test("none of the requests above leaves an error in the log", () => {
  // PHP's warning about a body that exceeds its limit.
  const log = book.frontend.log().replaceAll(/PHP Warning: .* Actual POST length does not match .*/g, "");
  expect(log).not.toMatch(/PHP (Warning|Notice|Deprecated|Fatal)|Stack trace/);
});
