import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { append, dataOf, get, set } from "./api.ts";
import { eventually } from "./processes.mjs";
import { breaking, environmentOf, startFrontend, startGuestbook } from "./servers.mjs";

let book: Awaited<ReturnType<typeof startGuestbook>>;
let api: string;
beforeAll(async () => {
  book = await startGuestbook();
  ({ api } = book.frontend);
});
afterAll(() => book?.stop());

const probe = async (name: "livez" | "readyz") => (await fetch(`${book.frontend.url}/${name}`)).status;
const away = { status: 503, type: "application/json", text: expect.stringContaining('"code": "redis-away"') };
const silent = { status: 504, type: "application/json", text: expect.stringContaining('"code": "redis-silent"') };

// Gives every Apache process connections that worked before.
beforeEach(async () => {
  await Promise.all(Array.from({ length: 20 }, () => Promise.all([set(api, "k", "before"), get(api, "k")])));
  await eventually("the slave is behind", async () => (await dataOf(api, "k")) === "before");
});

describe("the master is down", () => {
  test("reads continue, writes are rejected, and the pod stays ready", async () => {
    await book.master.stop();
    try {
      expect(await dataOf(api, "k")).toBe("before");
      expect(await set(api, "k", "after")).toMatchObject(away);
      expect(await append(api, "k", "after")).toMatchObject(away);
      expect(await probe("readyz")).toBe(200);
    } finally {
      await book.master.again();
    }
    const answers = await Promise.all(Array.from({ length: 20 }, () => append(api, "again", "entry")));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  test("a stuck master times out, and a failed write is distinguished from one that may have happened", async () => {
    book.master.pause();
    const start = Date.now();
    const keys = Array.from({ length: 8 }, (_, index) => `stuck ${index}`);
    const answers = await Promise.all(keys.map((key) => append(api, key, "entry"))).finally(book.master.resume);
    expect(Date.now() - start).toBeLessThan(30_000);
    for (const [index, answer] of answers.entries()) {
      expect(answer).toMatchObject(answer.status === 504 ? silent : away);
      if (answer.status === 503) expect(await book.master.ask("exists", `stuck ${index}`)).toBe("0");
    }
  });

  test("a late answer is not given to another request", async () => {
    const fresh = await startFrontend(environmentOf(book.master, book.slave));
    try {
      book.master.pause();
      const answers = await Promise.all([1, 2, 3, 4].map((key) => append(fresh.api, `late ${key}`, "entry")));
      for (const answer of answers) expect(answer).toMatchObject(silent);
      book.master.resume();
      for (let index = 0; index < 20; index++)
        expect((await set(fresh.api, `k${index}`, "x")).text).toBe('{"message": "Updated"}');
    } finally {
      book.master.resume();
      await fresh.stop();
    }
  });
});

describe("the slaves are down", () => {
  test("writes continue, reads are rejected, and the pod is alive but not ready", async () => {
    await book.slave.stop();
    try {
      expect(await get(api, "k")).toMatchObject(away);
      expect(await append(api, "k", "after")).toMatchObject({ status: 200 });
      expect(await probe("readyz")).toBe(503);
      expect(await probe("livez")).toBe(200);
    } finally {
      await book.slave.again();
    }
    expect(await probe("readyz")).toBe(200);
    expect(await dataOf(api, "k")).toBe("before,after");
  });

  test("a stuck slave makes the pod unready", async () => {
    book.slave.pause();
    try {
      expect([503, 504]).toContain(await probe("readyz"));
      expect(await probe("livez")).toBe(200);
    } finally {
      book.slave.resume();
    }
    expect(await probe("readyz")).toBe(200);
  });
});

describe("a connection breaks", () => {
  /** A frontend that reaches Redis through proxies that break the given number of connections at their first command. */
  async function through(broken: { slave?: number; master?: number }) {
    const [master, slave] = [await breaking(book.master, broken.master), await breaking(book.slave, broken.slave)];
    const frontend = await startFrontend(environmentOf(master, slave));
    const stop = () => Promise.all([frontend.stop(), master.stop(), slave.stop()]);
    return { ...frontend, master, slave, stop };
  }

  test("during a read: the read is retried on a new connection", async () => {
    const shaky = await through({ slave: 1 });
    try {
      expect(await get(shaky.api, "k")).toMatchObject({ status: 200, text: '{"data": "before"}' });
      expect(shaky.slave.connections()).toBe(2);
    } finally {
      await shaky.stop();
    }
  });

  test("during every read: the read is tried only twice", async () => {
    const shaky = await through({ slave: 9 });
    try {
      expect([503, 504]).toContain((await get(shaky.api, "k")).status);
      expect(shaky.slave.connections()).toBe(2);
    } finally {
      await shaky.stop();
    }
  });

  test("during a write: the result is unknown, and the write is not repeated", async () => {
    const shaky = await through({ master: 1 });
    try {
      expect(await append(shaky.api, "k", "once")).toMatchObject(silent);
      expect(shaky.master.connections()).toBe(1);
    } finally {
      await shaky.stop();
    }
  });
});

test("Redis rejects commands: it is read-only, or serves no data without its master", async () => {
  const wrong = await startFrontend(environmentOf(book.slave, book.slave));
  try {
    expect(await set(wrong.api, "k", "x")).toMatchObject(away);
    expect(await append(wrong.api, "k", "x")).toMatchObject(away);
    expect(wrong.log()).toContain("READONLY");
    await book.slave.ask("config", "set", "replica-serve-stale-data", "no");
    await book.slave.ask("replicaof", "192.0.2.1", "6379");
    expect(await get(wrong.api, "k")).toMatchObject(away);
    expect((await fetch(`${wrong.url}/readyz`)).status).toBe(503);
  } finally {
    await book.slave.ask("config", "set", "replica-serve-stale-data", "yes");
    await book.slave.ask("replicaof", book.master.host, `${book.master.port}`);
    await wrong.stop();
  }
});

test("host names that do not resolve", async () => {
  const lost = await startFrontend({ GET_HOSTS_FROM: "dns" }, { nothing: "127.0.0.1" });
  try {
    expect(await get(lost.api, "k")).toMatchObject(away);
    expect((await fetch(`${lost.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${lost.url}/livez`)).status).toBe(200);
  } finally {
    await lost.stop();
  }
});

test("the address and the reason go to the log, not to the visitor", async () => {
  await book.master.stop();
  try {
    const { text } = await set(api, "k", "x");
    expect(text).toBe('{"error": "redis-master cannot be reached at the moment.", "code": "redis-away"}');
    expect(book.frontend.log()).toContain("redis-master cannot be used: Connection refused");
  } finally {
    await book.master.again();
  }
});
