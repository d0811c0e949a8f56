import { afterAll, beforeAll, expect, test } from "vitest";
import { append, dataOf, get, set } from "./api.ts";
import { eventually } from "./processes.mjs";
import { environmentOf, type Frontend, type Redis, startFrontend, startRedis } from "./servers.mjs";

// dns mode always uses port 6379, so each test run needs its own loopback addresses.
const network = `127.${100 + Math.floor(Math.random() * 100)}.${process.pid % 250}`;
let master: Redis;
let slave: Redis;
const frontends: Frontend[] = [];
beforeAll(async () => {
  master = await startRedis({ host: `${network}.1`, port: 6379 });
  slave = await startRedis({ host: `${network}.2`, port: 6379, of: master });
});
afterAll(async () => {
  for (const server of [...frontends, slave, master]) await server?.stop();
});

async function frontend(environment: Record<string, string>, hosts?: Record<string, string>): Promise<string> {
  const started = await startFrontend(environment, hosts);
  frontends.push(started);
  return started.api;
}

/** The commands that a Redis has run since the last call. */
async function commandsOf(redis: Redis): Promise<string[]> {
  const text = await redis.ask("info", "commandstats");
  await redis.ask("config", "resetstat");
  return [...text.matchAll(/^cmdstat_(\w+):/gm)].map((match) => match[1] ?? "");
}

const dns = () => ({ "redis-master": master.host, "redis-slave": slave.host });
const modes: readonly (readonly [string, () => Promise<string>])[] = [
  ["dns", () => frontend({ GET_HOSTS_FROM: "dns" }, dns())],
  ["dns by default", () => frontend({}, dns())],
  ["env", () => frontend(environmentOf(master, slave))],
  ["env without ports", () => frontend(withoutPorts(environmentOf(master, slave)))],
];

function withoutPorts(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.endsWith("_PORT")));
}

test.each(modes)("%s: writes go to the master, reads to the slave", async (mode, start) => {
  const api = await start();
  await commandsOf(master);
  await commandsOf(slave);
  expect(await set(api, mode, ",set")).toMatchObject({ status: 200 });
  expect(await append(api, mode, "appended")).toMatchObject({ status: 200 });
  await eventually("the slave is behind", async () => (await dataOf(api, mode)) === ",set,appended");
  const [written, read] = [await commandsOf(master), await commandsOf(slave)];
  expect(written).toEqual(expect.arrayContaining(["set", "eval"]));
  expect(written).not.toContain("getrange");
  expect(read).toContain("getrange");
  expect(read).not.toContain("eval");
});

test("env: a pod older than a Service is not ready, and the error names the missing variable", async () => {
  const { REDIS_SLAVE_SERVICE_HOST, ...without } = environmentOf(master, slave);
  const api = await frontend(without);
  expect(await get(api, "k")).toMatchObject({ status: 500, text: expect.stringContaining("REDIS_SLAVE_SERVICE_HOST") });
  expect(await append(api, "k", "entry")).toMatchObject({ status: 200 });
  expect((await fetch(api.replace("guestbook.php", "readyz"))).status).toBe(500);
  expect((await fetch(api.replace("guestbook.php", "livez"))).status).toBe(200);
});

test("GET_HOSTS_FROM must be dns or env", async () => {
  const api = await frontend({ GET_HOSTS_FROM: "DNS" }, dns());
  const answer = await get(api, "k");
  expect(answer).toMatchObject({ status: 500, text: expect.stringContaining('\\"DNS\\"') });
  expect(JSON.parse(answer.text).code).toBe("misconfigured");
});

test("request headers do not override the pod's environment", async () => {
  const api = await frontend(environmentOf(master, slave));
  const response = await fetch(`${api}?cmd=get&key=k`, { headers: { "Redis-Slave-Service-Host": "192.0.2.1" } });
  expect(response.status).toBe(200);
});
