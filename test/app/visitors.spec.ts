// 50 visitors add 200 entries each at the same time, and none is lost. The document's method (read the list, add an
// entry, write the list back) loses entries under the same load.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { entriesOf } from "../../images/frontend/public/js/entries.js";
import { dataOf } from "./api.ts";
import { eventually } from "./processes.mjs";
import { startGuestbook } from "./servers.mjs";

const visitors = 50;
const each = 200;
const all = visitors * each;

let book: Awaited<ReturnType<typeof startGuestbook>>;
beforeAll(async () => {
  book = await startGuestbook(2);
});
afterAll(() => book?.stop());

const agent = new Agent({ maxSockets: visitors });

/** Makes one request, without fetch: its overhead for 30,000 requests would exceed the servers' work. */
function call(api: string, query: string, body?: string): Promise<string> {
  const headers = body === undefined ? {} : { "Content-Type": "application/x-www-form-urlencoded" };
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const sent = request(`${api}?${query}`, { agent, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`status ${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Every visitor writes its entries in sequence, each through the next frontend, as behind a Service. */
async function visit(write: (api: string, entry: string) => Promise<void>): Promise<number> {
  const start = performance.now();
  const visitor = async (number: number) => {
    for (let count = 0; count < each; count++) {
      const { api } = book.frontends[(number + count) % book.frontends.length] ?? book.frontend;
      await write(api, `visitor ${number} entry ${count}`);
    }
  };
  await Promise.all(Array.from({ length: visitors }, (_, number) => visitor(number)));
  return performance.now() - start;
}

/** The entries of a key, read once the slave has caught up. */
async function entriesIn(key: string): Promise<string[]> {
  const length = await book.master.ask("strlen", key);
  await eventually("the slave is behind", async () => (await book.slave.ask("strlen", key)) === length);
  return entriesOf(await dataOf(book.frontend.api, key));
}

test(`${visitors} visitors × ${each} entries: all ${all} acknowledged entries are stored exactly once`, {
  timeout: 600_000,
}, async () => {
  const ms = await visit(async (api, entry) => {
    const answer = await call(api, "cmd=append&key=messages", `value=${encodeURIComponent(entry)}`);
    expect(answer).toContain('"Added"');
  });
  const entries = await entriesIn("messages");
  console.log(`append: ${all} acknowledged, ${entries.length} stored; ${Math.round(all / (ms / 1000))} per second`);
  expect(entries).toHaveLength(all);
  expect(new Set(entries).size).toBe(all);
});

test("the document's method loses acknowledged entries", { timeout: 600_000 }, async () => {
  const ms = await visit(async (api, entry) => {
    const { data } = JSON.parse(await call(api, "cmd=get&key=seed"));
    const value = encodeURIComponent([...data.split(","), entry].join(","));
    expect(await call(api, `cmd=set&key=seed&value=${value}`)).toBe('{"message": "Updated"}');
  });
  const there = new Set(await entriesIn("seed")).size;
  const lost = all - there;
  const percent = ((100 * lost) / all).toFixed(1);
  console.log(
    `the document's method: ${all} acknowledged, ${there} stored, ${lost} lost (${percent} %); ${Math.round(ms / 1000)} s`,
  );
  expect(lost).toBeGreaterThan(0);
});

test("50 simultaneous readers of the longest guestbook stay within the memory limit of components/limits", async () => {
  await book.master.ask("eval", "redis.call('set', 'longest', string.rep(',\\'\\n\\n\\n', 2 * 1024 * 1024 / 5))", "0");
  await entriesIn("longest");
  const { api, children } = book.frontend;
  const most = { bytes: 0 };
  const measured = setInterval(() => {
    most.bytes = Math.max(most.bytes, memoryOf(children()));
  }, 20);
  await Promise.all(Array.from({ length: 200 }, () => call(api, "cmd=get&key=longest"))).finally(() =>
    clearInterval(measured),
  );
  console.log(`the longest guestbook, 50 at a time: ${Math.round(most.bytes / 2 ** 20)} MiB`);
  expect(children().length).toBeGreaterThan(10);
  expect(most.bytes).toBeGreaterThan(0);
  // The processes share another 16 MiB for compiled PHP.
  expect(most.bytes).toBeLessThan((256 - 16) * 2 ** 20);
});

/** Bytes of memory that these processes do not share, as a container's limit counts them. */
function memoryOf(processes: readonly string[]): number {
  const own = processes.map((id) => {
    try {
      return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) * 1024;
    } catch {
      return 0; // The process has ended.
    }
  });
  return own.reduce((sum, bytes) => sum + bytes, 0);
}
