import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, get, set } from "./api.ts";
import { startGuestbook } from "./servers.mjs";

let book: Awaited<ReturnType<typeof startGuestbook>>;
let url: string;
beforeAll(async () => {
  book = await startGuestbook();
  ({ url } = book.frontend);
});
afterAll(() => book?.stop());

const files: [path: string, type: string][] = [
  ["", "text/html; charset=utf-8"],
  ["style.css", "text/css; charset=utf-8"],
  ["icon.svg", "image/svg+xml; charset=utf-8"],
  ...readdirSync("images/frontend/public/js").map(
    (name) => [`js/${name}`, "text/javascript; charset=utf-8"] as [string, string],
  ),
];

test.each(files)("/%s is served with its type, and revalidated", async (path, type) => {
  const response = await fetch(`${url}/${path}`);
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toBe(type);
  expect(response.headers.get("Cache-Control")).toBe("no-cache");
  const tag = response.headers.get("ETag") ?? "";
  const again = await fetch(`${url}/${path}`, { headers: { "If-None-Match": tag } });
  expect(again.status).toBe(304);
});

test.each(["", "style.css", "guestbook.php?cmd=get&key=k", "guestbook.php", "nothing-here", "livez"])(
  "/%s has the security policy and does not reveal server versions",
  async (path) => {
    const { headers } = await fetch(`${url}/${path}`);
    const policy = headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Referrer-Policy")).toBe("no-referrer");
    expect(headers.get("Server")).toBe("Apache");
    expect(headers.get("X-Powered-By")).toBeNull();
  },
);

test.each([
  "apache.conf",
  "php.ini",
  "src/all.php",
  "js/",
  "../php.ini",
  ".htaccess",
  "guestbook.php/x",
  "readyz.phps",
])("/%s is not served", async (path) => {
  const response = await fetch(`${url}/${path.replace("..", "%2e%2e")}`);
  expect([400, 403, 404]).toContain(response.status);
  expect(await response.text()).not.toContain("Guestbook");
});

test("an unchanged answer is not sent again, compressed or not", async () => {
  await set(book.frontend.api, "k", "x".repeat(5000));
  const address = `${book.frontend.api}?cmd=get&key=nobody`;
  for (const encoding of ["identity", "gzip"]) {
    const headers = { "Accept-Encoding": encoding };
    const tag = (await fetch(address, { headers })).headers.get("ETag") ?? "";
    expect(tag).toMatch(/^W\/"\w+"$/);
    const again = await fetch(address, { headers: { ...headers, "If-None-Match": tag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  }
});

test("only reads may be cached", async () => {
  const cacheControl = async (query: string) =>
    (await fetch(`${book.frontend.api}?${query}`)).headers.get("Cache-Control");
  expect(await cacheControl("cmd=get&key=k")).toBe("no-cache");
  expect(await cacheControl("cmd=set&key=k&value=v")).toBe("no-store");
  expect(await cacheControl("cmd=get")).toBe("no-store");
  expect((await fetch(`${url}/readyz`)).headers.get("Cache-Control")).toBe("no-store");
});

test("HEAD is GET without a body", async () => {
  const response = await fetch(`${book.frontend.api}?cmd=get&key=k`, { method: "HEAD" });
  expect([response.status, await response.text()]).toEqual([200, ""]);
});

test("only one folder is written to, and the log contains neither probes nor entries", async () => {
  await ask(book.frontend.api, { cmd: "set", key: "k", value: "my-secret" });
  await fetch(`${url}/readyz`);
  expect(readdirSync(book.frontend.folder)).toEqual(["apache2.pid"]);
  expect(book.frontend.log()).toContain('"GET /guestbook.php" 200');
  expect(book.frontend.log()).not.toMatch(/my-secret|GET \/(livez|readyz)"/);
});

test("a graceful stop finishes the requests in progress", async () => {
  book.slave.pause();
  const begun = get(book.frontend.api, "k");
  await new Promise((resolve) => setTimeout(resolve, 300));
  book.frontend.signal("SIGWINCH");
  await new Promise((resolve) => setTimeout(resolve, 300));
  book.slave.resume();
  expect(await begun).toMatchObject({ status: 200 });
  expect(await book.frontend.ended).toEqual({ code: 0, signal: null });
});
