import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

export const execute = promisify(execFile);

/** Apache runs as nobody, as in the image: it refuses to run as root. Who is nobody already stays who it is. */
const root = process.getuid?.() === 0;
export const nobody = 65532;

/** @typedef {Awaited<ReturnType<typeof start>>} Running */

/**
 * Starts a server that ends with this process, however this process ends.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ readonly env?: Readonly<Record<string, string>>, readonly unprivileged?: boolean }} [options]
 */
export async function start(program, args, { env = {}, unprivileged = false } = {}) {
  const folder = temporaryFolder(unprivileged);
  // A file, because Apache opens its outputs by name.
  const log = join(folder, "..", `${folder.split("/").at(-1)}.log`);
  const output = openSync(log, "a");
  chmodSync(log, 0o666);
  const user = root && unprivileged ? [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"] : [];
  const child = spawn("setpriv", [...user, "--pdeathsig=TERM", program, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", TMPDIR: folder, ...env },
    stdio: ["ignore", output, output],
    // A group of its own: Apache ends its whole group with itself.
    detached: true,
  });
  closeSync(output);
  const ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
  return {
    folder,
    ended,
    /** @returns {string} what it has written so far */
    log: () => readFileSync(log, "utf8"),
    /** @param {NodeJS.Signals} signal */
    signal: (signal) => child.kill(signal),
    /** Ends it, and is done when it is gone. @param {NodeJS.Signals} [signal] */
    async stop(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const end = await ended;
      rmSync(folder, { recursive: true, force: true });
      rmSync(log, { force: true });
      return end;
    },
    /** The processes that it has started. */
    children: () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" "),
    running: () => child.exitCode === null && child.signalCode === null,
  };
}

/** @param {boolean} unprivileged whose it is */
function temporaryFolder(unprivileged) {
  const folder = mkdtempSync(join(tmpdir(), "guestbook-app-"));
  if (root && unprivileged) chownSync(folder, nobody, nobody);
  return folder;
}

/**
 * Waits for something to be so.
 *
 * @param {string} what for the error
 * @param {() => Promise<unknown>} ask an exception counts as no
 * @param {{ readonly running?: () => boolean, readonly log?: () => string }} [server] that it depends on
 */
export async function eventually(what, ask, server) {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    if (await ask().catch(() => false)) return;
    if (server?.running?.() === false) break;
    await sleep(25);
  }
  throw new Error(`${what}: not so\n${server?.log?.() ?? ""}`);
}

/** A port of the loopback that nothing listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  return port;
}
