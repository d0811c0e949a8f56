import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

export const execute = promisify(execFile);

/** Apache refuses to run as root: it runs as nobody, as in the image. A user other than root stays. */
const root = process.getuid?.() === 0;
export const nobody = 65532;

/** @typedef {Awaited<ReturnType<typeof start>>} Running */

/**
 * Starts a server that ends with this process, even if this process is killed.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ readonly env?: Readonly<Record<string, string>>, readonly unprivileged?: boolean }} [options]
 */
export async function start(program, args, { env = {}, unprivileged = false } = {}) {
  const folder = temporaryFolder(unprivileged);
  // A file, because Apache opens its output by name.
  const log = join(folder, "..", `${folder.split("/").at(-1)}.log`);
  const output = openSync(log, "a");
  chmodSync(log, 0o666);
  const user = root && unprivileged ? [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"] : [];
  const child = spawn("setpriv", [...user, "--pdeathsig=TERM", program, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", TMPDIR: folder, ...env },
    stdio: ["ignore", output, output],
    // Its own process group: Apache kills its whole group when it exits.
    detached: true,
  });
  closeSync(output);
  const ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
  return {
    folder,
    ended,
    /** @returns {string} the output so far */
    log: () => readFileSync(log, "utf8"),
    /** @param {NodeJS.Signals} signal */
    signal: (signal) => child.kill(signal),
    /** Ends it, and waits until it has exited. @param {NodeJS.Signals} [signal] */
    async stop(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const end = await ended;
      rmSync(folder, { recursive: true, force: true });
      rmSync(log, { force: true });
      return end;
    },
    /** The ids of its child processes. */
    children: () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" "),
    running: () => child.exitCode === null && child.signalCode === null,
  };
}

/** @param {boolean} unprivileged whether nobody owns it */
function temporaryFolder(unprivileged) {
  const folder = mkdtempSync(join(tmpdir(), "guestbook-app-"));
  if (root && unprivileged) chownSync(folder, nobody, nobody);
  return folder;
}

/**
 * Waits until a condition holds, for up to a minute.
 *
 * @param {string} what text for the error
 * @param {() => Promise<unknown>} ask the condition; an exception counts as false
 * @param {{ readonly running?: () => boolean, readonly log?: () => string }} [server] stops waiting if this server ends
 */
export async function eventually(what, ask, server) {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    if (await ask().catch(() => false)) return;
    if (server?.running?.() === false) break;
    await sleep(25);
  }
  throw new Error(`timed out: ${what}\n${server?.log?.() ?? ""}`);
}

/** A free port on the loopback interface. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  return port;
}
