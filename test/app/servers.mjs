// The guestbook's servers on the loopback interface: Debian's Redis, and Debian's Apache configured as in images/frontend.
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, execute, freePort, start } from "./processes.mjs";

const source = join(import.meta.dirname, "../../images/frontend");

/** @typedef {Awaited<ReturnType<typeof startRedis>>} Redis */
/** @typedef {Awaited<ReturnType<typeof startFrontend>>} Frontend */

/**
 * Starts a Redis that stores nothing on disk, and waits until it answers; a slave, until it follows its master.
 *
 * @param {{ readonly host?: string, readonly port?: number, readonly of?: Redis }} [options] `of`: the master it follows
 */
export async function startRedis({ host = "127.0.0.1", port, of } = {}) {
  const at = { host, port: port ?? (await freePort()) };
  const words = ["--bind", host, "--port", `${at.port}`, "--save", "", "--repl-diskless-sync-delay", "0"];
  const follow = of ? ["--replicaof", of.host, `${of.port}`] : [];
  let server = await start("redis-server", [...words, ...follow]);
  /** @param {...string} command */
  const ask = async (...command) => {
    const { stdout } = await execute("redis-cli", ["-h", host, "-p", `${at.port}`, ...command], { timeout: 10_000 });
    return stdout.replace(/\n$/, "");
  };
  const ready = () =>
    eventually(
      `redis-server on ${host}:${at.port}`,
      async () =>
        of ? (await ask("info", "replication")).includes("master_link_status:up") : (await ask("ping")) === "PONG",
      server,
    );
  await ready();
  return {
    ...at,
    ask,
    stop: () => server.stop("SIGKILL"),
    /** Starts it again after a stop. */
    async again() {
      server = await start("redis-server", [...words, ...follow]);
      await ready();
    },
    /** Makes it hang: it accepts connections but does not answer. */
    pause: () => server.signal("SIGSTOP"),
    resume: () => server.signal("SIGCONT"),
  };
}

/**
 * A proxy to a server that closes the first connections as soon as data arrives.
 *
 * @param {{ readonly host: string, readonly port: number }} to
 * @param {number} [broken] how many connections to close
 */
export async function breaking(to, broken = 0) {
  let connections = 0;
  const server = createServer((here) => {
    here.on("error", () => {});
    if (++connections <= broken) {
      here.once("data", () => here.destroy());
      return;
    }
    const there = connect(to.port, to.host).on("error", () => here.destroy());
    here.pipe(there).pipe(here);
    here.on("close", () => there.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { host: "127.0.0.1", port, connections: () => connections, stop: () => server.close() };
}

/**
 * The environment of a frontend in env mode.
 *
 * @param {{ readonly host: string, readonly port: number }} master
 * @param {{ readonly host: string, readonly port: number }} slave
 */
export function environmentOf(master, slave) {
  return {
    GET_HOSTS_FROM: "env",
    REDIS_MASTER_SERVICE_HOST: master.host,
    REDIS_MASTER_SERVICE_PORT: `${master.port}`,
    REDIS_SLAVE_SERVICE_HOST: slave.host,
    REDIS_SLAVE_SERVICE_PORT: `${slave.port}`,
  };
}

/**
 * Starts a frontend from a read-only copy of its source.
 *
 * @param {Readonly<Record<string, string>>} environment
 * @param {Readonly<Record<string, string>>} [hosts] addresses by host name, for this frontend only
 */
export async function startFrontend(environment, hosts) {
  const folder = mkdtempSync(join(tmpdir(), "guestbook-app-"));
  const copy = join(folder, "guestbook");
  cpSync(source, copy, { recursive: true });
  const listen = `127.0.0.1:${await freePort()}`;
  const env = { GUESTBOOK: copy, LISTEN: listen, ...environment, ...(hosts && lookups(folder, hosts)) };
  await execute("chmod", ["-R", "a+rX,a-w", folder]);
  const args = ["-D", "FOREGROUND", "-f", join(copy, "apache.conf")];
  const server = await start("/usr/sbin/apache2", args, { env, unprivileged: true });
  const url = `http://${listen}`;
  await eventually(`Apache on ${listen}`, async () => (await fetch(`${url}/livez`)).ok, server);
  return {
    ...server,
    url,
    api: `${url}/guestbook.php`,
    async stop() {
      const end = await server.stop();
      rmSync(folder, { recursive: true, force: true });
      return end;
    },
  };
}

/**
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} hosts
 */
function lookups(folder, hosts) {
  const file = join(folder, "hosts");
  writeFileSync(
    file,
    Object.entries(hosts)
      .map(([name, address]) => `${address} ${name}\n`)
      .join(""),
  );
  return { LD_PRELOAD: "libnss_wrapper.so", NSS_WRAPPER_HOSTS: file };
}

/** Starts a whole guestbook: a master, a slave and frontends. @param {number} [frontends] */
export async function startGuestbook(frontends = 1) {
  const master = await startRedis();
  const slave = await startRedis({ of: master });
  /** @type {Frontend[]} */
  const all = [];
  for (let count = 0; count < frontends; count++) all.push(await startFrontend(environmentOf(master, slave)));
  const [frontend] = all;
  if (frontend === undefined) throw new Error("a guestbook has a frontend");
  return {
    master,
    slave,
    frontend,
    frontends: all,
    async stop() {
      for (const each of all) await each.stop();
      await slave.stop();
      await master.stop();
    },
  };
}
