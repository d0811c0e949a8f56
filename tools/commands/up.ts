import type { Entrance } from "../cluster/address.ts";
import type { Applied } from "../cluster/apply.ts";
import { unrolled } from "../cluster/images.ts";
import type { Kubectl } from "../cluster/kubectl.ts";
import type { Health } from "../cluster/tiers.ts";
import { statusText } from "../cluster/words.ts";
import { type LoadedConfig, loadConfig } from "../config/config.ts";
import { amount } from "../core/amount.ts";
import type { Target } from "../core/resource.ts";
import { type Style, style, visible } from "../report/style.ts";
import { supportedVersions } from "../vocabulary/versions.ts";
import { parse } from "./args.ts";
import { applyAll, restart } from "./cluster/apply.ts";
import { openBrowser } from "./cluster/browser.ts";
import { buildImages } from "./cluster/build.ts";
import { type Connection, connect, consentFlags, ensureContext, overlayFlags } from "./cluster/connect.ts";
import { entrance, keepForward, openUrl, reachedBy } from "./cluster/open-page.ts";
import { overlayOf, renderedOf } from "./cluster/overlay.ts";
import { type Waited, waitFor } from "./cluster/wait.ts";
import type { Args, Command, Io } from "./command.ts";
import { wholeNumber } from "./numbers.ts";

export const command: Command = {
  usage: "[OVERLAY]",
  description:
    "Run an overlay on the cluster of the current context: check it, build and load the images whose source is here, apply it\n" +
    "server-side, wait until it is up, and print an address that answers. Running workloads without changes are left alone.\n" +
    "Without a context, it offers to create a local cluster.",
  flags: {
    ...consentFlags,
    open: { type: "boolean", help: "open the page in the browser" },
    port: { type: "string", value: "N", help: "keep a port-forward open on this port if no other address answers" },
    timeout: { type: "string", value: "SECONDS", help: "how long to wait; default: 300" },
    "force-conflicts": { type: "boolean", help: "take over fields that other managers have set" },
    ...overlayFlags,
  },
  maxPositionals: 1,
  async run(args, io) {
    const [seconds, port] = [wholeNumber(args, "timeout", 1, 86_400) ?? 300, wholeNumber(args, "port", 1, 65_535)];
    const config = loadConfig(process.cwd(), args.string("config"));
    const target = overlayOf(args.positionals[0], args, config);
    await ensureContext(args, io);
    const connection = await connect(args, io, config, `Apply ${target.path} to it`);
    const status = await judge(target, connection, args, io);
    if (status > 0) {
      io.err("gitops: nothing was applied, because the check did not pass\n");
      return status;
    }
    const { health, gaveUp } = await apply(target, connection, seconds, { args, io, config });
    if (gaveUp !== undefined) return 1;
    await announce(health, connection, port, args, io);
    return 0;
  },
};

interface Surroundings {
  readonly args: Args;
  readonly io: Io;
  readonly config: LoadedConfig;
}

/** Runs `gitops check` for the cluster's version. */
async function judge({ path }: Target, { version }: Connection, args: Args, io: Io): Promise<number> {
  const { command: check } = await import("./check.ts");
  const passed = ["kustomize", "config"].flatMap((flag) => args.strings(flag).map((value) => `--${flag}=${value}`));
  const versions = supportedVersions.includes(version) ? ["--kubernetes", version] : [];
  return check.run(parse("check", check, [path, ...versions, ...passed]), io);
}

async function apply(
  target: Target,
  connection: Connection,
  seconds: number,
  { args, io, config }: Surroundings,
): Promise<Waited> {
  const paint = style(io.colours);
  const resources = await renderedOf(target, args, io, config);
  const { kubectl } = connection;
  const rebuilt = connection.local ? await buildImages(resources, config.root, kubectl.context, io) : [];
  io.whenInterrupted(
    "\ninterrupted: what was applied keeps running; gitops status shows its state, gitops down removes it\n",
  );
  const applied = await applyAll(resources, kubectl, args.boolean("force-conflicts"), io);
  io.out(appliedText(applied, paint));
  const restarted = await restart(unrolled(applied, rebuilt), kubectl, io);
  const waited = await waitFor(resources, connection, { seconds, isNew: restarted || hasChanged(applied) }, io, paint);
  io.out(`\n${statusText(waited.health, waited.logs, paint)}`);
  if (waited.gaveUp !== undefined) io.err(`gitops: ${visible(waited.gaveUp)}; see gitops logs and gitops status\n`);
  io.whenInterrupted("");
  return waited;
}

function hasChanged(applied: readonly Applied[]): boolean {
  return applied.some(({ outcome }) => outcome !== "unchanged");
}

/** The changed objects, and the number of unchanged ones. */
function appliedText(applied: readonly Applied[], paint: Style): string {
  const changed = applied.filter(({ outcome }) => outcome !== "unchanged");
  const lines = changed.map(
    ({ resource, outcome }) => `${paint.green("✓")} ${visible(`${resource.kind} ${resource.name}`)} ${outcome}`,
  );
  const same = applied.length - changed.length;
  return [...lines, ...(same > 0 ? [paint.dim(`  ${amount(same, "resource")} unchanged`)] : [])]
    .map((line) => `${line}\n`)
    .join("");
}

/** Prints an address that answers; otherwise keeps a port-forward open on a terminal, or prints the command for it. */
async function announce(
  health: Health,
  connection: Connection,
  port: number | undefined,
  args: Args,
  io: Io,
): Promise<void> {
  const place = entrance(health);
  if (place === undefined) return;
  const { kubectl } = connection;
  const waiting = `waiting for the load balancer address of ${visible(place.service.name)}\n`;
  const url = await openUrl(place, connection, () => io.err(waiting));
  if (url !== undefined) return tell(url, args, io);
  if (io.progress || port !== undefined) return forward(place, kubectl, port, args, io);
  io.out(`\n${reachedBy(place, kubectl)}\n`);
}

async function forward(place: Entrance, kubectl: Kubectl, port: number | undefined, args: Args, io: Io): Promise<void> {
  let isTold = false;
  io.whenInterrupted("\n");
  await keepForward(place, kubectl, port, (url) => {
    if (!isTold) void tell(url, args, io, "; open until Ctrl-C");
    isTold = true;
  });
}

async function tell(url: string, args: Args, io: Io, note = ""): Promise<void> {
  io.out(`\n${visible(url)}${note}\n`);
  if (args.boolean("open") && !(await openBrowser(url))) io.err("! cannot start a browser\n");
}
